"""Dropout."""

from __future__ import annotations

from netspec import layers as L
from netspec.expr import Call, call
from netspec.graph import Node
from netspec_gluon.lowering import NN, Context, lower, ours


@lower.register
def dropout(layer: L.Dropout, node: Node, ctx: Context) -> Call:
    if ctx.frozen:
        return ours("shape:Identity")
    if ctx.double:  # nn.Dropout divides by 1 - rate in float32
        return ours("regularization:Dropout", layer.rate)
    return call(f"{NN}:Dropout", layer.rate)
