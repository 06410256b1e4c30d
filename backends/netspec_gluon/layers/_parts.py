"""Layers that keep a part of the values."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_gluon._lowering import Context, need_axes, ours, register


@register
def slice_(layer: L.Slice, node: Placed, ctx: Context) -> Call:
    axis = L.resolve_axis(layer.axis, node.input_shape) + 1
    if layer.step != 1:  # else by slice_axis
        need_axes(node, "slice", node.input_shape)
    ends = {"begin": layer.start, "end": layer.stop}
    return ours("parts:Slice", axis, **ends, step=layer.step)


@register
def select(layer: L.Select, node: Placed, ctx: Context) -> Call:
    axis = L.resolve_axis(layer.axis, node.input_shape) + 1
    return ours("parts:Select", axis, layer.index)


def crop(layer: L.Crop, node: Placed, ctx: Context) -> Call:
    return ours("parts:Crop", *layer.ends)


for kind in (L.Crop1D, L.Crop2D, L.Crop3D):
    register(crop, kind)
