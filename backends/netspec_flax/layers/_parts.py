"""Layers that keep a part of the values."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Expr
from netspec.spec import Placed
from netspec_flax._lowering import Context, LayerCall, function, ours, register


@register
def slice_(layer: L.Slice, node: Placed, ctx: Context) -> LayerCall:
    ends: dict[str, Expr] = {"start_index": layer.start, "limit_index": layer.stop}
    step = {"stride": layer.step, "axis": ctx.axis(node, layer.axis)}
    return function("jax.lax:slice_in_dim", **ends, **step)


@register
def select(layer: L.Select, node: Placed, ctx: Context) -> LayerCall:
    place = {"index": layer.index, "axis": layer.axis}
    return function("jax.lax:index_in_dim", **place, keepdims=False)


def crop(layer: L.Crop, node: Placed, ctx: Context) -> LayerCall:
    return function(ours("shape:crop"), margins=layer.ends)


for kind in (L.Crop1D, L.Crop2D, L.Crop3D):
    register(crop, kind)
