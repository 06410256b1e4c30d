"""Layers that change places of values."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, register


@register
def pixel_shuffle(layer: L.PixelShuffle, node: Placed, ctx: Context) -> Call:
    return call("torch.nn:PixelShuffle", layer.factor)


@register
def pixel_unshuffle(layer: L.PixelUnshuffle, node: Placed, ctx: Context) -> Call:
    return call("torch.nn:PixelUnshuffle", layer.factor)


@register
def channel_shuffle(layer: L.ChannelShuffle, node: Placed, ctx: Context) -> Call:
    if len(node.input_shape) > 1:
        return call("torch.nn:ChannelShuffle", layer.groups)
    # nn.ChannelShuffle needs a position
    return call(
        "torch.nn:Sequential",
        call("torch.nn:Unflatten", 1, (layer.groups, -1)),
        call(f"{SUPPORT}.shape:Permute", 2, 1),
        call("torch.nn:Flatten"),
    )


@register
def roll(layer: L.Roll, node: Placed, ctx: Context) -> Call:
    return call(f"{SUPPORT}.shape:Roll", layer.shifts, layer.axes)
