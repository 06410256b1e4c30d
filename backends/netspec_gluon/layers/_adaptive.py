"""Pools that give a size, whatever the size of their input."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_gluon._lowering import Context, ours, register


@register
def adaptive_average(
    layer: L.AdaptiveAvgPool1D | L.AdaptiveAvgPool2D | L.AdaptiveAvgPool3D,
    node: Placed,
    ctx: Context,
) -> Call:
    return ours(f"adaptive:{type(layer).__name__}", *layer.size)


@register
def adaptive_max(
    layer: L.AdaptiveMaxPool1D | L.AdaptiveMaxPool2D | L.AdaptiveMaxPool3D,
    node: Placed,
    ctx: Context,
) -> Call:
    return ours("adaptive:AdaptiveMaxPool", *layer.size, in_size=node.input_shape[1:])
