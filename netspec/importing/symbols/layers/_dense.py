"""Layers that are one matrix."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing.symbols._call import Call, rule


@rule("FullyConnected", parameters=True)
def fully_connected(call: Call) -> Made:
    call.parameter(1, "weight")
    bias = not call.flag("no_bias", False)
    if bias:
        call.parameter(2, "bias")
    dense = L.Dense(call.whole("num_hidden"), bias=bias)
    flat = call.flag("flatten", True) and len(call.before) != 1
    return [L.Flatten(), dense] if flat else dense


@rule("Embedding", parameters=True)
def embedding(call: Call) -> Made:
    call.parameter(1, "weight")
    return L.Embedding(call.whole("input_dim"), dim=call.whole("output_dim"))
