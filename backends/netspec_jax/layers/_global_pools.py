"""Pools over all positions."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_jax._lowering import Context, made, register


@register
def global_average(
    layer: L.GlobalAvgPool1D | L.GlobalAvgPool2D | L.GlobalAvgPool3D,
    node: Placed,
    ctx: Context,
) -> Call:
    return made("pooling:global_avg_pool", keepdims=layer.keepdims)


@register
def global_max(
    layer: L.GlobalMaxPool1D | L.GlobalMaxPool2D | L.GlobalMaxPool3D,
    node: Placed,
    ctx: Context,
) -> Call:
    return made("pooling:global_max_pool", keepdims=layer.keepdims)
