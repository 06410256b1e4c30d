"""A reader of weights that an exported file carries along: it needs only jax."""

import json
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, random
from jax.typing import DTypeLike

from netspec_jax.support.base import Layer, Tree

FORMATS = {"F32": "<f4", "F64": "<f8"}


def read_weights(
    net: Layer, path: str, dtype: DTypeLike, kept: tuple[str, ...] = ()
) -> tuple[Tree, Tree]:
    """Read parameters and state from a safetensors file.

    Args:
        net: whose they are.
        path: of the file, in which kernels are (out, in, height, width).
        dtype: in which they are wanted.
        kept: arrays of two axes or more that are no kernels.

    Raises:
        ValueError: they do not fit the net.
    """
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    header.pop("__metadata__", None)

    def read(keys: tuple[Any, ...], leaf: Any) -> Array:
        name = ".".join(key.key for key in keys[1:])
        if name not in header:
            raise ValueError(f"{path} does not hold {name} of this network")
        entry = header.pop(name)
        start, end = entry["data_offsets"]
        array = np.frombuffer(data[start:end], FORMATS[entry["dtype"]])
        array = array.reshape(entry["shape"])
        if array.ndim > 1 and name not in kept:
            array = array.transpose(*range(2, array.ndim), 1, 0)
        if array.shape != leaf.shape:
            raise ValueError(f"{path}: {name} is not that of this network")
        return jnp.asarray(array, dtype)

    shapes = jax.eval_shape(lambda: net.init(random.key(0), dtype))
    params, state = jax.tree_util.tree_map_with_path(read, shapes)
    if header:
        raise ValueError(f"{path} holds more than the weights of this network")
    return params, state
