"""Resizing of positions."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_gluon._lowering import Context, ours, register


@register
def upsample(
    layer: L.Upsample1D | L.Upsample2D | L.Upsample3D, node: Placed, ctx: Context
) -> Call:
    before, after = node.input_shape[1:], node.output_shape[1:]
    if layer.mode == "linear":
        aligned = layer.align_corners
        return ours("upsample:Linear", *after, in_size=before, align_corners=aligned)
    factors = {m // n if m % n == 0 else 0 for n, m in zip(before, after, strict=True)}
    if len(before) == 2 and len(factors) == 1 and 0 not in factors:
        return ours("upsample:Nearest2D", factors.pop())
    return ours("upsample:Nearest", *after, in_size=before)
