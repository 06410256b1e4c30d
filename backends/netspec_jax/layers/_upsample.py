"""Resizing of positions."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_jax._lowering import Context, made, register


@register
def upsample(
    layer: L.Upsample1D | L.Upsample2D | L.Upsample3D, node: Placed, ctx: Context
) -> Call:
    target = {"scale": layer.scale} if layer.size is None else {"size": layer.size}
    if layer.mode == "nearest":
        return made("upsample:nearest", **target)
    aligned = layer.align_corners
    return made("upsample:linear", **target, align_corners=aligned)
