"""Pools that give a size, whatever the size of their input."""

from __future__ import annotations

from netspec import layers as L
from netspec.spec import Placed
from netspec_flax._lowering import Context, LayerCall, function, ours, register


@register
def adaptive_average(
    layer: L.AdaptiveAvgPool1D | L.AdaptiveAvgPool2D | L.AdaptiveAvgPool3D,
    node: Placed,
    ctx: Context,
) -> LayerCall:
    return function(ours("pooling:adaptive_avg_pool"), size=layer.size)


@register
def adaptive_max(
    layer: L.AdaptiveMaxPool1D | L.AdaptiveMaxPool2D | L.AdaptiveMaxPool3D,
    node: Placed,
    ctx: Context,
) -> LayerCall:
    return function(ours("pooling:adaptive_max_pool"), size=layer.size)
