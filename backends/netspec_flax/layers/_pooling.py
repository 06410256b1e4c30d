"""Pools over windows."""

from __future__ import annotations

from netspec import layers as L
from netspec.layers import pool_padding, pool_reach, pool_stride
from netspec.program import Expr
from netspec.spec import Placed
from netspec_flax._lowering import Context, LayerCall, function, ours, register


@register
def max_pool(
    layer: L.MaxPool1D | L.MaxPool2D | L.MaxPool3D, node: Placed, ctx: Context
) -> LayerCall:
    ends = pool_reach(layer, node.input_shape)
    windows = {"window_shape": layer.kernel_size, "strides": pool_stride(layer)}
    if max(layer.dilation) == 1:
        return function("flax.nnx:max_pool", **windows, padding=_valid(ends))
    return function(
        ours("pooling:dilated_max_pool"),
        **windows,
        dilation=layer.dilation,
        padding=ends,
    )


@register
def avg_pool(
    layer: L.AvgPool1D | L.AvgPool2D | L.AvgPool3D, node: Placed, ctx: Context
) -> LayerCall:
    ends, counted = (f(layer, node.input_shape) for f in (pool_reach, pool_padding))
    if not layer.count_include_pad:
        counted = ((0, 0),) * len(ends)
    windows = {"window_shape": layer.kernel_size, "strides": pool_stride(layer)}
    if counted == ends:
        return function("flax.nnx:avg_pool", **windows, padding=_valid(ends))
    # nnx.avg_pool counts all padding; or none of it, but then it gives float64
    averaged = ours("pooling:counting_avg_pool")
    return function(averaged, **windows, padding=ends, counted=counted)


def _valid(ends: tuple[tuple[int, int], ...]) -> Expr:
    return ends if any(map(any, ends)) else "VALID"
