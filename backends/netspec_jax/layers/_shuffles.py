"""Layers that change places of values."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_jax._lowering import Context, made, register


@register
def pixel_shuffle(layer: L.PixelShuffle, node: Placed, ctx: Context) -> Call:
    return made("shuffles:pixel_shuffle", layer.factor)


@register
def pixel_unshuffle(layer: L.PixelUnshuffle, node: Placed, ctx: Context) -> Call:
    return made("shuffles:pixel_unshuffle", layer.factor)


@register
def channel_shuffle(layer: L.ChannelShuffle, node: Placed, ctx: Context) -> Call:
    return made("shuffles:channel_shuffle", layer.groups)


@register
def roll(layer: L.Roll, node: Placed, ctx: Context) -> Call:
    return made("shuffles:roll", layer.shifts, layer.axes)
