"""Layers that change places of values."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_gluon._lowering import Context, need_axes, ours, register


@register
def pixel_shuffle(layer: L.PixelShuffle, node: Placed, ctx: Context) -> Call:
    return call("mxnet.gluon.contrib.nn:PixelShuffle2D", layer.factor)


@register
def pixel_unshuffle(layer: L.PixelUnshuffle, node: Placed, ctx: Context) -> Call:
    return ours("shuffles:PixelUnshuffle2D", layer.factor)


@register
def channel_shuffle(layer: L.ChannelShuffle, node: Placed, ctx: Context) -> Call:
    return ours("shuffles:ChannelShuffle", layer.groups)


@register
def roll(layer: L.Roll, node: Placed, ctx: Context) -> Call:
    axes = L.resolve_axes(layer.axes, node.input_shape)
    sizes = (node.input_shape[axis] for axis in axes)
    shifts = [shift % size for shift, size in zip(layer.shifts, sizes, strict=True)]
    moved = [(axis + 1, n) for axis, n in zip(axes, shifts, strict=True) if n]
    if not moved:
        return ours("shape:Identity")
    need_axes(node, "concat", node.input_shape)
    return ours("shuffles:Roll", *moved)
