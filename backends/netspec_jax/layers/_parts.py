"""Layers that keep a part of the values."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_jax._lowering import Context, made, register


@register
def slice_(layer: L.Slice, node: Placed, ctx: Context) -> Call:
    ends = {"start": layer.start, "stop": layer.stop}
    axis = ctx.axis(node, layer.axis)
    return made("parts:slice_along", axis, **ends, step=layer.step)


@register
def select(layer: L.Select, node: Placed, ctx: Context) -> Call:
    return made("parts:select", layer.axis, layer.index)


def crop(layer: L.Crop, node: Placed, ctx: Context) -> Call:
    return made("parts:crop", *layer.ends)


for kind in (L.Crop1D, L.Crop2D, L.Crop3D):
    register(crop, kind)
