"""Dropout of values, of channels, of examples."""

from __future__ import annotations

from dataclasses import replace

from netspec import layers as L
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_keras._lowering import Context, register


@register
def dropout(layer: L.Dropout, node: Placed, ctx: Context) -> Call:
    return call("keras.layers:Dropout", layer.rate)


@register
def stochastic_depth(layer: L.StochasticDepth, node: Placed, ctx: Context) -> Call:
    shape = (None, *(1 for _ in node.input_shape))
    made = call("keras.layers:Dropout", layer.rate, noise_shape=shape)
    return replace(made, comment="stochastic depth: each example by itself")


@register
def channel_dropout(layer: L.ChannelDropout, node: Placed, ctx: Context) -> Call:
    rank = len(node.input_shape) - 1
    if rank == 0:
        return call("keras.layers:Dropout", layer.rate)
    if ctx.axis(node, 1) in (-1, rank + 1):
        return call(f"keras.layers:SpatialDropout{rank}D", layer.rate)
    shape = (None, node.input_shape[0], *(1 for _ in range(rank)))
    made = call("keras.layers:Dropout", layer.rate, noise_shape=shape)
    return replace(made, comment="each channel of each example by itself")
