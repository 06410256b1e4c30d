"""Dropout."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_jax._lowering import Context, made, register


@register
def dropout(layer: L.Dropout, node: Placed, ctx: Context) -> Call:
    return made("regularization:dropout", layer.rate)
