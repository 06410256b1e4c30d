"""Pools over windows and over all positions."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from netspec.layers import (
    AvgPool,
    AvgPool1D,
    AvgPool2D,
    GlobalAvgPool1D,
    GlobalAvgPool2D,
    GlobalMaxPool1D,
    GlobalMaxPool2D,
    GlobalPool,
    MaxPool,
    MaxPool1D,
    MaxPool2D,
    Pool,
    Shape,
    pool_padding,
    pool_stride,
)
from netspec.reference._evaluation import Array, Pullback, Scope, forward
from netspec.reference._windows import Windows


@forward.register(MaxPool1D)
@forward.register(MaxPool2D)
def _max(layer: MaxPool, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    windows = _windows(layer, x.shape[1:])
    padded = windows.pad(x, -np.inf)
    candidates = np.stack([padded[tap] for tap in windows.taps])
    candidates, winner = scope.pin(candidates, lambda c: c.argmax(axis=0))
    y = np.take_along_axis(candidates, winner[None], 0)[0]

    def pullback(dy: Array) -> Array:
        pieces = (dy * (winner == index) for index in range(len(candidates)))
        return scope.ops.value(windows.scatter(pieces, x.shape[:2], dy.dtype))

    return y, pullback


@forward.register(AvgPool1D)
@forward.register(AvgPool2D)
def _average(layer: AvgPool, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    windows, ops = _windows(layer, x.shape[1:]), scope.ops
    weight = (1 / _divisor(layer, windows)).astype(x.dtype)
    taps = math.prod(windows.kernel)

    def gather(x: Array) -> Array:
        padded = windows.pad(x)
        return np.asarray(weight * sum(padded[tap] for tap in windows.taps))

    def pullback(dy: Array) -> Array:
        return ops.contract(spread, taps, dy)

    def spread(dy: Array) -> Array:
        pieces = iter([dy * weight] * taps)
        return windows.scatter(pieces, x.shape[:2], dy.dtype)

    return ops.contract(gather, taps, x), pullback


@lru_cache(maxsize=1024)
def _windows(layer: Pool, shape: Shape) -> Windows:
    out = layer.output_shape(shape)[1:]
    ones = (1,) * len(out)
    return Windows(
        shape[1:], layer.kernel_size, pool_stride(layer), pool_padding(layer), ones, out
    )


def _divisor(layer: AvgPool, windows: Windows) -> Array:
    """Count the positions that the mean of each window divides by; positions that
    ceil_mode adds never count.
    """
    counted: Array = np.ones(windows.size)
    if layer.count_include_pad:
        counted = np.pad(counted, [(p, p) for p in windows.padding], constant_values=1)
        bounds = zip(windows.padded_shape(), counted.shape, strict=True)
        counted = np.pad(counted, [(0, max(0, end - n)) for end, n in bounds])
    else:
        counted = windows.pad(counted)
    return np.asarray(sum(counted[tap] for tap in windows.taps))


@forward.register(GlobalAvgPool1D)
@forward.register(GlobalAvgPool2D)
def _global_average(
    layer: GlobalPool, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    axes, positions = _spatial(x)
    mean: Callable[[Array], Array] = lambda x: x.mean(  # noqa: E731
        axis=axes, keepdims=layer.keepdims
    )

    def pullback(dy: Array) -> Array:
        spread = dy.reshape(*x.shape[:2], *(1,) * len(axes)) / positions
        return scope.ops.value(np.broadcast_to(spread, x.shape))

    return scope.ops.contract(mean, positions, x), pullback


@forward.register(GlobalMaxPool1D)
@forward.register(GlobalMaxPool2D)
def _global_max(layer: GlobalPool, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    candidates = x.reshape(*x.shape[:2], -1).transpose(2, 0, 1)
    candidates, winner = scope.pin(candidates, lambda c: c.argmax(axis=0))
    y = np.take_along_axis(candidates, winner[None], 0)[0]
    kept = (1,) * (x.ndim - 2) if layer.keepdims else ()

    def pullback(dy: Array) -> Array:
        dx = np.zeros(candidates.shape, dy.dtype)
        np.put_along_axis(dx, winner[None], dy.reshape(1, *x.shape[:2]), 0)
        return dx.transpose(1, 2, 0).reshape(x.shape)

    return y.reshape(*x.shape[:2], *kept), pullback


def _spatial(x: Array) -> tuple[tuple[int, ...], int]:
    return tuple(range(2, x.ndim)), math.prod(x.shape[2:])
