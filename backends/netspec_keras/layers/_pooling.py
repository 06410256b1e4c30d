"""Pools over windows, channels last."""

from __future__ import annotations

import math

from netspec import layers as L
from netspec.layers import pool_padding, pool_reach, pool_stride
from netspec.program import Call, Expr, one
from netspec.spec import Placed
from netspec_keras._lowering import Context, native, ours, register
from netspec_keras.layers._conv import zeros


@register
def max_pool(
    layer: L.MaxPool1D | L.MaxPool2D | L.MaxPool3D, node: Placed, ctx: Context
) -> list[Call]:
    stride, ends = pool_stride(layer), pool_reach(layer, node.input_shape)
    margins = [ours("padding:Padding", ends, value=-math.inf)]
    before = margins if any(map(any, ends)) else []
    if max(layer.dilation) == 1:
        return [*before, _pool("Max", layer.kernel_size, stride)]
    made = ours("pooling:DilatedMaxPool", layer.kernel_size, stride, layer.dilation)
    return [*before, made]


@register
def avg_pool(
    layer: L.AvgPool1D | L.AvgPool2D | L.AvgPool3D, node: Placed, ctx: Context
) -> list[Call]:
    ends, counted = (f(layer, node.input_shape) for f in (pool_reach, pool_padding))
    if not layer.count_include_pad:
        counted = ((0, 0),) * len(ends)
    stride = pool_stride(layer)
    if counted == ends:
        return [*zeros(ends), _pool("Average", layer.kernel_size, stride)]
    sizes = layer.kernel_size, stride
    return [ours("pooling:CountedAverage", *sizes, padding=ends, counted=counted)]


def _pool(kind: str, window: tuple[int, ...], stride: tuple[int, ...]) -> Call:
    apart = {} if stride == window else {"strides": one(stride)}
    return native(f"{kind}Pooling{len(window)}D", one(window), **apart)


@register
def adaptive_average(
    layer: L.AdaptiveAvgPool1D | L.AdaptiveAvgPool2D | L.AdaptiveAvgPool3D,
    node: Placed,
    ctx: Context,
) -> Call:
    return _adaptive("Average", layer.size, node)


@register
def adaptive_max(
    layer: L.AdaptiveMaxPool1D | L.AdaptiveMaxPool2D | L.AdaptiveMaxPool3D,
    node: Placed,
    ctx: Context,
) -> Call:
    return _adaptive("Max", layer.size, node)


def _adaptive(kind: str, size: tuple[int, ...], node: Placed) -> Call:
    positions = node.input_shape[1:]
    if any(n % m for n, m in zip(positions, size, strict=True)):
        return ours(f"pooling:Adaptive{kind}", size)
    window = tuple(n // m for n, m in zip(positions, size, strict=True))
    return _pool(kind, window, window)


def global_average(layer: L.Layer, node: Placed, ctx: Context) -> Call:
    keepdims = getattr(layer, "keepdims", False)
    rank = len(node.input_shape) - 1
    return native(f"GlobalAveragePooling{rank}D", keepdims=keepdims)


def global_max(layer: L.Layer, node: Placed, ctx: Context) -> list[Call]:
    """Pool over one window: Keras's global pool shares the gradient of equal values."""
    window = node.input_shape[1:]
    pooled = _pool("Max", window, window)
    kept: Expr = getattr(layer, "keepdims", False)
    return [pooled] if kept else [pooled, native("Flatten")]


register(global_average, L.GlobalAvgPool1D, L.GlobalAvgPool2D, L.GlobalAvgPool3D)
register(global_max, L.GlobalMaxPool1D, L.GlobalMaxPool2D, L.GlobalMaxPool3D)
