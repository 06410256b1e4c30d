"""Dropout of values, of channels, of examples."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_gluon._lowering import NN, Context, block, ours, register

LEAST = 2.0**-126  # MXNet reads the rate in float32, and refuses what is not normal


@register
def dropout(layer: L.Dropout, node: Placed, ctx: Context) -> Call:
    return dropping(layer.rate, (), ctx)


@register
def stochastic_depth(layer: L.StochasticDepth, node: Placed, ctx: Context) -> Call:
    return dropping(layer.rate, tuple(range(1, 1 + len(node.input_shape))), ctx)


@register
def channel_dropout(layer: L.ChannelDropout, node: Placed, ctx: Context) -> Call:
    return dropping(layer.rate, tuple(range(2, 1 + len(node.input_shape))), ctx)


def dropping(rate: float, axes: tuple[int, ...], ctx: Context) -> Call:
    """Make a Dropout whose draws are shared along some axes."""
    if ctx.frozen:
        return ours("shape:Identity")
    rate = rate if rate >= LEAST else 0.0  # none is ever drawn below
    if ctx.double:  # nn.Dropout divides by 1 - rate in float32
        return ours("regularization:Dropout", rate, axes=axes)
    return block(f"{NN}:Dropout", rate, axes=axes)
