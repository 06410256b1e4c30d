"""A reader of weights that an exported file carries along: it needs only keras."""

import json
import re
from typing import Any

import keras
import numpy as np

FORMATS = {"F32": "<f4", "F64": "<f8"}

Names = tuple[str | tuple[str, ...], ...]


def read_weights(net: keras.Model, path: str, names: Names) -> None:
    """Read a safetensors file into a network.

    Args:
        net: the network.
        path: of the file, in which kernels are (out, in, *window).
        names: of its arrays, in the order of ``net.weights``; several of them where one
            variable holds them.

    Raises:
        ValueError: they are not those of the network.
    """
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    header.pop("__metadata__", None)
    groups = [(name,) if isinstance(name, str) else name for name in names]
    if sorted(header) != sorted(name for group in groups for name in group):
        raise ValueError(f"{path} does not hold the weights of this network")

    def array(name: str) -> np.ndarray:
        start, end = header[name]["data_offsets"]
        flat = np.frombuffer(data[start:end], FORMATS[header[name]["dtype"]])
        return flat.reshape(header[name]["shape"])

    for variable, group in zip(net.weights, groups, strict=True):
        variable.assign(to_keras(variable, [array(name) for name in group]))


def to_keras(variable: Any, arrays: list[np.ndarray]) -> np.ndarray:
    """Arrange arrays as a variable holds them: kernels as (*window, in, out), those of
    attention by head, gates of a GRU in the order z r h, for r z h, and several arrays
    one above another.
    """
    parts = [oriented(variable, array) for array in arrays]
    return parts[0] if len(parts) == 1 else np.stack(parts)


def oriented(variable: Any, array: np.ndarray) -> np.ndarray:
    """An array with the axes and the order of gates of a variable."""
    if variable.name in ("kernel", "recurrent_kernel"):
        array = array.transpose(*range(2, array.ndim), 1, 0)
    if re.search(r"gru_cell(_\d+)?/", variable.path):
        reset, update, new = np.split(array, 3, axis=-1)
        array = np.concatenate([update, reset, new], axis=-1)
    if re.search(r"(query|key|value|attention_output)/(kernel|bias)$", variable.path):
        array = array.reshape(variable.shape)
    return array
