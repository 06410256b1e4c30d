"""Dropout of values, of channels, of examples."""

from __future__ import annotations

from dataclasses import replace

from netspec import layers as L
from netspec.program import Call, terse
from netspec.spec import Placed
from netspec_flax._lowering import RNGS, Context, register

DROPOUT = "flax.nnx:Dropout"


@register
def dropout(layer: L.Dropout, node: Placed, ctx: Context) -> Call:
    return terse(DROPOUT, layer.rate, rngs=RNGS)


@register
def stochastic_depth(layer: L.StochasticDepth, node: Placed, ctx: Context) -> Call:
    shared = tuple(range(1, 1 + len(node.input_shape)))
    drawn = terse(DROPOUT, layer.rate, broadcast_dims=shared, rngs=RNGS)
    return replace(drawn, comment="stochastic depth: each example by itself")


@register
def channel_dropout(layer: L.ChannelDropout, node: Placed, ctx: Context) -> Call:
    rank = 1 + len(node.input_shape)
    channels = ctx.axis(node, 1) % rank
    shared = tuple(axis for axis in range(1, rank) if axis != channels)
    drawn = terse(DROPOUT, layer.rate, broadcast_dims=shared, rngs=RNGS)
    return replace(drawn, comment="each channel of each example by itself")
