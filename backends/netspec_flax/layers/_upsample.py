"""Resizing of positions."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Expr
from netspec.spec import Placed
from netspec_flax._lowering import Context, LayerCall, function, ours, register


@register
def upsample(
    layer: L.Upsample1D | L.Upsample2D | L.Upsample3D, node: Placed, ctx: Context
) -> LayerCall:
    name = "aligned_linear" if layer.align_corners else "linear"
    target: dict[str, Expr] = {"size": layer.size}
    if layer.size is None:
        target = {"scale": layer.scale}
    return function(
        ours(f"upsample:{'nearest' if layer.mode == 'nearest' else name}"), **target
    )
