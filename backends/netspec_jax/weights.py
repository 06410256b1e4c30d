"""A reader of weights that an exported file carries along: it needs only jax."""

import json
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, random

from netspec_jax.support.base import Tree


def read_weights(
    path: str, init: Callable[[Array], tuple[Tree, Tree]], kept: tuple[str, ...]
) -> tuple[Tree, Tree]:
    """Parameters and state from a safetensors file, in the order of the axes that
    `init` has: kernels are (out, in, *window) in the file, what is `kept` is not.
    """
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    header.pop("__metadata__", None)

    def read(keys: tuple[Any, ...], leaf: Any) -> Array:
        name = ".".join(key.key for key in keys[1:])
        entry = header.pop(name, {"shape": (), "data_offsets": (0, 0), "dtype": "F32"})
        start, end = entry["data_offsets"]
        array = np.frombuffer(data[start:end], {"F32": "<f4", "F64": "<f8"}[entry["dtype"]])
        array = array.reshape(entry["shape"])
        if array.ndim > 1 and name not in kept:
            array = array.transpose(*range(2, array.ndim), 1, 0)
        if array.shape != leaf.shape:
            raise ValueError(f"{path} does not hold {name} of this network")
        return jnp.asarray(array, leaf.dtype)

    trees = jax.tree_util.tree_map_with_path(read, jax.eval_shape(init, random.key(0)))
    if header:
        raise ValueError(f"{path} holds more than the weights of this network")
    return trees
