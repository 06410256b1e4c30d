"""Dropout."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_gluon._lowering import NN, Context, ours, register

LEAST = 2.0**-126  # MXNet reads the rate in float32, and refuses what is not normal


@register
def dropout(layer: L.Dropout, node: Placed, ctx: Context) -> Call:
    return dropped(layer.rate, ctx)


def dropped(rate: float, ctx: Context) -> Call:
    """Make the call of the block that drops values at a rate."""
    if ctx.frozen:
        return ours("shape:Identity")
    rate = rate if rate >= LEAST else 0.0  # none is ever drawn below
    if ctx.double:  # nn.Dropout divides by 1 - rate in float32
        return ours("regularization:Dropout", rate)
    return call(f"{NN}:Dropout", rate)
