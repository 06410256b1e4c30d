"""Pools over windows."""

from __future__ import annotations

from netspec import layers as L
from netspec.layers import pool_padding, pool_reach, pool_stride
from netspec.program import Call, one
from netspec.spec import Placed
from netspec_jax._lowering import Context, made, register
from netspec_jax.layers._ends import shortest


@register
def max_pool(
    layer: L.MaxPool1D | L.MaxPool2D | L.MaxPool3D, node: Placed, ctx: Context
) -> Call:
    stride, ends = (
        one(pool_stride(layer)),
        shortest(pool_reach(layer, node.input_shape)),
    )
    if max(layer.dilation) == 1:
        return made("pooling:max_pool", layer.kernel_size, stride=stride, padding=ends)
    return made(
        "pooling:dilated_max_pool",
        layer.kernel_size,
        stride=stride,
        dilation=one(layer.dilation),
        padding=ends,
    )


@register
def avg_pool(
    layer: L.AvgPool1D | L.AvgPool2D | L.AvgPool3D, node: Placed, ctx: Context
) -> Call:
    ends, counted = (f(layer, node.input_shape) for f in (pool_reach, pool_padding))
    if not layer.count_include_pad:
        counted = ((0, 0),) * len(ends)
    return made(
        "pooling:avg_pool",
        layer.kernel_size,
        stride=one(pool_stride(layer)),
        padding=shortest(ends),
        counted=None if counted == ends else shortest(counted),
    )
