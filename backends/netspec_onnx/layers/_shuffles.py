"""Layers that change places of values."""

from __future__ import annotations

from netspec import layers as L
from netspec.layers import resolve_axis
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer
from netspec_onnx.layers._parts import END, sliced
from netspec_onnx.layers._shape import reshaped


@register
def pixel_shuffle(layer: L.PixelShuffle, node: Placed, x: str, to: Writer) -> str:
    return to.op("DepthToSpace", x, blocksize=layer.factor, mode="CRD")


@register
def pixel_unshuffle(layer: L.PixelUnshuffle, node: Placed, x: str, to: Writer) -> str:
    # SpaceToDepth has no mode: its channels are in another order
    (channels, height, width), factor = node.output_shape, layer.factor
    parts = channels // factor**2, height, factor, width, factor
    apart = to.op("Transpose", reshaped(x, parts, to), perm=[0, 1, 3, 5, 2, 4])
    return reshaped(apart, node.output_shape, to)


@register
def channel_shuffle(layer: L.ChannelShuffle, node: Placed, x: str, to: Writer) -> str:
    channels, *positions = node.input_shape
    groups = layer.groups, channels // layer.groups, *positions
    perm = [0, 2, 1, *range(3, 3 + len(positions))]
    turned = to.op("Transpose", reshaped(x, groups, to), perm=perm)
    return reshaped(turned, node.output_shape, to)


@register
def roll(layer: L.Roll, node: Placed, x: str, to: Writer) -> str:
    for axis, shift in zip(layer.axes, layer.shifts, strict=True):
        place = resolve_axis(axis, node.input_shape) + 1
        if moved := shift % node.input_shape[place - 1]:
            ends = (-moved, END), (0, -moved)
            parts = [sliced(x, place, *bounds, 1, to) for bounds in ends]
            x = to.op("Concat", *parts, axis=place)
    return x
