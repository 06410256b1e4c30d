"""Layers that move values, keep a part of them, or reduce them."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_keras._lowering import Context, native, ours, register
from netspec_keras.layers._conv import shortest


@register
def flatten(layer: L.Flatten, node: Placed, ctx: Context) -> Call:
    return native("Flatten")


@register
def reshape(layer: L.Reshape, node: Placed, ctx: Context) -> Call:
    return call("keras.layers:Reshape", node.output_shape)


@register
def permute(layer: L.Permute, node: Placed, ctx: Context) -> Call:
    return call("keras.layers:Permute", layer.axes)


MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def pad(layer: L.Pad, node: Placed, ctx: Context) -> Call:
    if layer.mode != "constant":
        return ours("padding:PaddingWith", layer.ends, MODES[layer.mode])
    if layer.value:
        return ours("padding:Padding", layer.ends, layer.value)
    rank = len(layer.ends)
    return call(f"keras.layers:ZeroPadding{rank}D", shortest(layer.ends))


def crop(layer: L.Crop, node: Placed, ctx: Context) -> Call:
    rank = len(layer.ends)
    return call(f"keras.layers:Cropping{rank}D", shortest(layer.ends))


register(pad, L.Pad1D, L.Pad2D, L.Pad3D)
register(crop, L.Crop1D, L.Crop2D, L.Crop3D)


@register
def slice_(layer: L.Slice, node: Placed, ctx: Context) -> Call:
    ends = {"start": layer.start, "stop": layer.stop, "step": layer.step}
    return ours("shape:Slice", ctx.axis(node, layer.axis), **ends)


@register
def select(layer: L.Select, node: Placed, ctx: Context) -> Call:
    return ours("shape:Select", layer.axis, layer.index)


@register
def reduce(layer: L.Reduce, node: Placed, ctx: Context) -> Call:
    return ours("shape:Reduce", layer.op, layer.axes, keepdims=layer.keepdims)


@register
def pixel_shuffle(layer: L.PixelShuffle, node: Placed, ctx: Context) -> Call:
    return ours("shuffles:PixelShuffle", layer.factor)


@register
def pixel_unshuffle(layer: L.PixelUnshuffle, node: Placed, ctx: Context) -> Call:
    return ours("shuffles:PixelUnshuffle", layer.factor)


@register
def channel_shuffle(layer: L.ChannelShuffle, node: Placed, ctx: Context) -> Call:
    return ours("shuffles:ChannelShuffle", layer.groups)


@register
def roll(layer: L.Roll, node: Placed, ctx: Context) -> Call:
    return ours("shuffles:Roll", layer.shifts, layer.axes)
