"""Layers that move values without changing them."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Name, call
from netspec.spec import Placed
from netspec_flax._lowering import Context, LayerCall, function, ours, register


@register
def identity(layer: L.Identity, node: Placed, ctx: Context) -> Name:
    return ours("shape:identity")


@register
def flatten(layer: L.Flatten, node: Placed, ctx: Context) -> Name:
    return ours("shape:flatten")


@register
def reshape(layer: L.Reshape, node: Placed, ctx: Context) -> LayerCall:
    return function(ours("shape:reshape"), shape=layer.shape)


@register
def permute(layer: L.Permute, node: Placed, ctx: Context) -> LayerCall:
    return function("jax.numpy:transpose", axes=(0, *layer.axes))


MODES = {
    "constant": "constant",
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
}


def pad(layer: L.Pad, node: Placed, ctx: Context) -> LayerCall:
    ends = {"pad_width": ((0, 0), *layer.ends, (0, 0))}
    if layer.mode == "constant" and layer.value:
        padded = Name("jax.numpy:pad")
        return call("functools:partial", padded, **ends, constant_values=layer.value)
    return function("jax.numpy:pad", **ends, mode=MODES[layer.mode])


for kind in (L.Pad1D, L.Pad2D, L.Pad3D):
    register(pad, kind)
