"""A reader of weights that an exported file carries along if parameters are tied: it
needs only torch.
"""

from __future__ import annotations

import json

import torch
from torch import nn


def load_weights(net: nn.Sequential, path: str) -> None:
    """Read a safetensors file into the network: ``load_weights(net, path)``."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    weights = {}
    for name, entry in header.items():
        dtype = {"F32": torch.float32, "F64": torch.float64}[entry["dtype"]]
        start, end = entry["data_offsets"]
        flat = torch.frombuffer(data[start:end], dtype=dtype)
        weights[name] = flat.reshape(entry["shape"])
    state = net.state_dict(keep_vars=True).items()
    own = {name: held for name, held in state if "num_batches_tracked" not in name}
    given = {held for name, held in own.items() if name in weights}
    # What is tied has several names, and stands in the file under one
    if not set(weights) <= set(own) or not set(own.values()) <= given:
        raise ValueError(f"{path} does not hold the weights of this network")
    net.load_state_dict(weights, strict=False)
