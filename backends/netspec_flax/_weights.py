"""A reader of weights that an exported file carries along: it needs only flax."""

import json
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from netspec_flax.support.paths import locate, variable

FORMATS = {"F32": "<f4", "F64": "<f8"}


def load_weights(net: Any, path: str) -> None:
    """Read a safetensors file into the network: ``load_weights(net, path)``.

    Raises:
        ValueError: the file does not hold the weights of this network.
    """
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    header.pop("__metadata__", None)
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        array = np.frombuffer(data[start:end], FORMATS[entry["dtype"]])
        array, own = array.reshape(entry["shape"]), variable(net.layers, name)
        if locate(net.layers, name).endswith(".kernel"):  # (out, in, height, width)
            array = array.transpose(*range(2, array.ndim), 1, 0)
        if array.size != own.size:
            raise ValueError(f"{path}: {name} is not that of this network")
        own.set_value(jnp.asarray(array.reshape(own.shape), own.dtype))
    held = nnx.state(net, (nnx.Param, nnx.BatchStat))
    if len(header) != len(jax.tree.leaves(held)):
        raise ValueError(f"{path} does not hold the weights of this network")
