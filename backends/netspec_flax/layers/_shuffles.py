"""Layers that change places of values."""

from __future__ import annotations

from netspec import layers as L
from netspec.spec import Placed
from netspec_flax._lowering import Context, LayerCall, function, ours, register


@register
def pixel_shuffle(layer: L.PixelShuffle, node: Placed, ctx: Context) -> LayerCall:
    return function(ours("shape:pixel_shuffle"), factor=layer.factor)


@register
def pixel_unshuffle(layer: L.PixelUnshuffle, node: Placed, ctx: Context) -> LayerCall:
    return function(ours("shape:pixel_unshuffle"), factor=layer.factor)


@register
def channel_shuffle(layer: L.ChannelShuffle, node: Placed, ctx: Context) -> LayerCall:
    return function(ours("shape:channel_shuffle"), groups=layer.groups)


@register
def roll(layer: L.Roll, node: Placed, ctx: Context) -> LayerCall:
    return function("jax.numpy:roll", shift=layer.shifts, axis=layer.axes)
