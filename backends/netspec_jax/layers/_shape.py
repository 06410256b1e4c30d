"""Layers that move values without changing them."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, Name
from netspec.spec import Placed
from netspec_jax._lowering import Context, made, ours, register


@register
def identity(layer: L.Identity, node: Placed, ctx: Context) -> Name:
    return ours("shape:identity")


@register
def flatten(layer: L.Flatten, node: Placed, ctx: Context) -> Name:
    return ours("shape:flatten")


@register
def reshape(layer: L.Reshape, node: Placed, ctx: Context) -> Call:
    return made("shape:reshape", *layer.shape)


@register
def permute(layer: L.Permute, node: Placed, ctx: Context) -> Call:
    return made("shape:permute", *layer.axes)


MODES = {
    "constant": "constant",
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
}


def pad(layer: L.Pad, node: Placed, ctx: Context) -> Call:
    if layer.mode == "constant":
        return made("shape:pad", *layer.ends, value=layer.value)
    return made("shape:pad_with", *layer.ends, mode=MODES[layer.mode])


for kind in (L.Pad1D, L.Pad2D, L.Pad3D):
    register(pad, kind)
