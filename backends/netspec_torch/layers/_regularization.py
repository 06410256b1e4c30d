"""Dropout."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_torch._lowering import Context, register


@register
def dropout(layer: L.Dropout, node: Placed, ctx: Context) -> Call:
    return call("torch.nn:Dropout", layer.rate)
