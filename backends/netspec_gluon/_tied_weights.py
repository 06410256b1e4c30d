"""The reader of `_fused_weights` for nets in which parameters are tied: it needs only
mxnet.
"""

from __future__ import annotations

import json
import re

import numpy as np
from mxnet.gluon import nn

CANONICAL = {"gamma": "weight", "alpha": "weight", "beta": "bias"}
CELL = re.compile(r"_unfused\.0\.(?:([lr])_cell\.)?(i|h)2h_(weight|bias)$")


def load_weights(net: nn.HybridSequential, path: str) -> None:
    """Read a safetensors file into the network: ``load_weights(net, path)``."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    header.pop("__metadata__", None)
    parameters, found, missing = net._collect_params_with_prefix(), {}, {}
    for name, parameter in parameters.items():
        owner, _, key = name.rpartition(".")
        other = CELL.sub(in_pytorch, f"{owner}.{CANONICAL.get(key, key)}")
        given = name if name in header else other
        if given in header:
            found[parameter] = header.pop(given)
        elif key not in CANONICAL or parameter.grad_req != "null":
            missing[parameter] = name  # unlike the ones of a scale that is off
    if header or set(missing) - set(found):  # what is tied stands there once
        raise ValueError(f"{path} does not hold the weights of this network")
    for parameter in parameters.values():
        if parameter._data is None:
            parameter.initialize()
    for parameter, entry in found.items():
        start, end = entry["data_offsets"]
        dtype = {"F32": "<f4", "F64": "<f8"}[entry["dtype"]]
        array = np.frombuffer(data[start:end], dtype)
        parameter.set_data(array.reshape(parameter.shape))


def in_pytorch(found: re.Match[str]) -> str:
    """PyTorch's name of a recurrent parameter, from that of Gluon's cell."""
    way, of, kind = found.groups()
    return f"{kind}_{of}h_l0{'_reverse' if way == 'r' else ''}"
