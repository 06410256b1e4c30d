"""Pools that give a size, whatever the size of their input."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_jax._lowering import Context, made, register


@register
def adaptive_average(
    layer: L.AdaptiveAvgPool1D | L.AdaptiveAvgPool2D | L.AdaptiveAvgPool3D,
    node: Placed,
    ctx: Context,
) -> Call:
    return made("adaptive:adaptive_avg_pool", *layer.size)


@register
def adaptive_max(
    layer: L.AdaptiveMaxPool1D | L.AdaptiveMaxPool2D | L.AdaptiveMaxPool3D,
    node: Placed,
    ctx: Context,
) -> Call:
    return made("adaptive:adaptive_max_pool", *layer.size)
