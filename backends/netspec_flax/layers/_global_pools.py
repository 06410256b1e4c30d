"""Pools over all positions."""

from __future__ import annotations

from netspec import layers as L
from netspec.spec import Placed
from netspec_flax._lowering import Context, LayerCall, function, ours, register


@register
def global_average(
    layer: L.GlobalAvgPool1D | L.GlobalAvgPool2D | L.GlobalAvgPool3D,
    node: Placed,
    ctx: Context,
) -> LayerCall:
    positions = tuple(range(1, len(node.input_shape)))
    return function("jax.numpy:mean", axis=positions, keepdims=layer.keepdims)


@register
def global_max(
    layer: L.GlobalMaxPool1D | L.GlobalMaxPool2D | L.GlobalMaxPool3D,
    node: Placed,
    ctx: Context,
) -> LayerCall:
    return function(ours("pooling:global_max_pool"), keepdims=layer.keepdims)
