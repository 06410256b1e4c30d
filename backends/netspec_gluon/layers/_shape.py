"""Layers that move values without changing them."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_gluon._lowering import NN, Context, ours, register


@register
def identity(layer: L.Identity, node: Placed, ctx: Context) -> Call:
    return ours("shape:Identity")


@register
def flatten(layer: L.Flatten, node: Placed, ctx: Context) -> Call:
    return call(f"{NN}:Flatten")


@register
def reshape(layer: L.Reshape, node: Placed, ctx: Context) -> Call:
    return ours("shape:Reshape", *layer.shape)


@register
def permute(layer: L.Permute, node: Placed, ctx: Context) -> Call:
    return ours("shape:Permute", *layer.axes)


def pad(layer: L.Pad, node: Placed, ctx: Context) -> Call:
    flat = [end for pair in layer.ends for end in pair]
    if layer.mode == "circular":
        return ours("shape:CircularPad", *layer.ends)
    if layer.rank < 3 and layer.mode == "constant" and not layer.value:
        return ours(f"shape:ZeroPad{layer.rank}D", *flat)
    mode = "edge" if layer.mode == "replicate" else layer.mode
    return ours("shape:Pad", *flat, mode=mode, value=layer.value)


for kind in (L.Pad1D, L.Pad2D, L.Pad3D):
    register(pad, kind)
