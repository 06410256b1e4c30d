"""Dropout."""

from __future__ import annotations

from netspec import layers as L
from netspec.expr import Call, call
from netspec.graph import Node
from netspec_torch.lowering import Context, lower


@lower.register
def dropout(layer: L.Dropout, node: Node, ctx: Context) -> Call:
    return call("torch.nn:Dropout", layer.rate)
