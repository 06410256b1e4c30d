"""Layers that are one matrix."""

from __future__ import annotations

from netspec import layers as L
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read
from netspec_torch.importing.layers._heads import with_matrix


@read.register("aten.linear")
def linear(call: Call) -> L.Layer:
    if made := with_matrix(call):
        return made
    units, _ = call.weight("weight")
    return L.Dense(units, bias=bool(call.weight("bias")))


@read.register("aten.embedding")
def embedding(call: Call) -> L.Layer:
    vocabulary, dim = call.weight("weight")
    if call["padding_idx"] >= 0:
        call.note(
            f"training moves row {call['padding_idx']} of the table, which"
            " padding_idx kept"
        )
    return L.Embedding(vocabulary, dim=dim)
