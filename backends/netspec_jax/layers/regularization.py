"""Dropout."""

from __future__ import annotations

from netspec import layers as L
from netspec.expr import Call
from netspec.graph import Node
from netspec_jax.lowering import Context, lower, made


@lower.register
def dropout(layer: L.Dropout, node: Node, ctx: Context) -> Call:
    return made("regularization:dropout", layer.rate)
