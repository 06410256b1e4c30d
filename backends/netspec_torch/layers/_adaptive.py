"""Pools that give a size, whatever the size of their input."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call, one
from netspec.spec import Placed
from netspec_torch._lowering import Context, register


@register
def adaptive_average(
    layer: L.AdaptiveAvgPool1D | L.AdaptiveAvgPool2D | L.AdaptiveAvgPool3D,
    node: Placed,
    ctx: Context,
) -> Call:
    return call(f"torch.nn:AdaptiveAvgPool{len(layer.size)}d", one(layer.size))


@register
def adaptive_max(
    layer: L.AdaptiveMaxPool1D | L.AdaptiveMaxPool2D | L.AdaptiveMaxPool3D,
    node: Placed,
    ctx: Context,
) -> Call:
    return call(f"torch.nn:AdaptiveMaxPool{len(layer.size)}d", one(layer.size))
