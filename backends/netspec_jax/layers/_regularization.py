"""Dropout of values, of channels, of examples."""

from __future__ import annotations

from dataclasses import replace

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_jax._lowering import Context, made, register


@register
def dropout(layer: L.Dropout, node: Placed, ctx: Context) -> Call:
    return made("regularization:dropout", layer.rate)


@register
def stochastic_depth(layer: L.StochasticDepth, node: Placed, ctx: Context) -> Call:
    drawn = made("regularization:dropout_along", layer.rate, 0)
    return replace(drawn, comment="stochastic depth: each example by itself")


@register
def channel_dropout(layer: L.ChannelDropout, node: Placed, ctx: Context) -> Call:
    channels = ctx.axis(node, 1) % (1 + len(node.input_shape))
    drawn = made("regularization:dropout_along", layer.rate, 0, channels)
    return replace(drawn, comment="each channel of each example by itself")
