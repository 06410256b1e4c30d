"""Pools that give a size, whatever the size of their input."""

from __future__ import annotations

from netspec import layers as L
from netspec.layers import AdaptiveAvgPool, AdaptiveMaxPool
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_gluon._lowering import NN, Context, ours, register


@register
def adaptive_average(
    layer: L.AdaptiveAvgPool1D | L.AdaptiveAvgPool2D | L.AdaptiveAvgPool3D,
    node: Placed,
    ctx: Context,
) -> Call:
    return _whole(layer) or ours(f"adaptive:{type(layer).__name__}", *layer.size)


@register
def adaptive_max(
    layer: L.AdaptiveMaxPool1D | L.AdaptiveMaxPool2D | L.AdaptiveMaxPool3D,
    node: Placed,
    ctx: Context,
) -> Call:
    window = {"in_size": node.input_shape[1:]}
    return _whole(layer) or ours("adaptive:AdaptiveMaxPool", *layer.size, **window)


def _whole(layer: AdaptiveAvgPool | AdaptiveMaxPool) -> Call | None:
    """Take MXNet's own layer where one value is made of all positions."""
    name = type(layer).__name__.replace("Adaptive", "Global")
    return None if set(layer.size) != {1} else call(f"{NN}:{name}")
