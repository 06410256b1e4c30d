"""Pools over windows."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from netspec.layers import (
    AvgPool,
    AvgPool1D,
    AvgPool2D,
    AvgPool3D,
    MaxPool,
    MaxPool1D,
    MaxPool2D,
    MaxPool3D,
    Pool,
    Shape,
    pool_padding,
    pool_stride,
)
from netspec.reference._evaluation import Array, Pullback, Scope, forward
from netspec.reference._windows import Windows

MOST = 256  # indices fit 8 bits
FEW = 32  # candidates of a window


@forward.register(MaxPool1D)
@forward.register(MaxPool2D)
@forward.register(MaxPool3D)
def _max(layer: MaxPool, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    windows = _windows(layer, x.shape[1:])
    padded = windows.pad(x, -np.inf)
    candidates = _stacked([padded[tap] for tap in windows.taps])
    candidates, winner = scope.pin(candidates, _first_largest)
    y = _chosen(candidates, winner)

    def pullback(dy: Array) -> Array:
        dy = _in_order_of(winner, dy)
        pieces = (dy * (winner == index) for index in range(len(candidates)))
        return scope.ops.value(windows.scatter(pieces, x.shape[:2], dy.dtype))

    return y, pullback


def _chosen(candidates: Array, winner: Array) -> Array:
    """Return the winner at each place. Of few candidates it is taken by masks, on bits:
    picking takes four times as long, and infinity times 0 would be NaN.
    """
    if len(candidates) > FEW:
        return np.asarray(np.take_along_axis(candidates, winner[None], 0)[0])
    bits = f"u{candidates.itemsize}"
    y = np.zeros_like(winner, bits)
    for index, candidate in enumerate(candidates.view(bits)):
        y |= candidate & -(winner == index).astype(bits)
    return y.view(candidates.dtype)


def _in_order_of(model: Array, x: Array) -> Array:
    """Copy x to the order that another array has in memory: mixed orders are slow."""
    held = np.empty_like(model, x.dtype)
    held[...] = x
    return held


def _stacked(parts: list[Array]) -> Array:
    """Stack arrays of one shape, each in the order that it has in memory."""
    order = np.argsort(parts[0].strides)[::-1]
    held = np.stack([part.transpose(order) for part in parts])
    return held.transpose(0, *(1 + np.argsort(order)))


def _first_largest(candidates: Array) -> Array:
    """Return which array along axis 0 holds the largest value at each place, the first
    of equal ones; NaN is the largest. By whole arrays: argmax takes ten times as long.
    """
    largest = candidates.max(axis=0)
    if len(candidates) > MOST or np.isnan(largest).any():
        return np.asarray(candidates.argmax(axis=0))
    winner, open_ = np.zeros_like(largest, np.uint8), np.ones_like(largest, bool)
    for index, candidate in enumerate(candidates):
        wins = (candidate == largest) & open_
        winner += wins.view(np.uint8) * np.uint8(index)
        open_ ^= wins
    return winner


@forward.register(AvgPool1D)
@forward.register(AvgPool2D)
@forward.register(AvgPool3D)
def _average(layer: AvgPool, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    windows, ops = _windows(layer, x.shape[1:]), scope.ops
    weight = (1 / _divisor(layer, x.shape[1:], windows)).astype(x.dtype)
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
    size, out = shape[1:], layer.output_shape(shape)[1:]
    before = tuple(low for low, _ in pool_padding(layer, shape))
    apart = layer.dilation if isinstance(layer, MaxPool) else (1,) * len(out)
    return Windows(size, layer.kernel_size, pool_stride(layer), before, apart, out)


def _divisor(layer: AvgPool, shape: Shape, windows: Windows) -> Array:
    """Count the positions that the mean of each window divides by; positions that
    ceil_mode adds never count.
    """
    counted: Array = np.ones(windows.size)
    if layer.count_include_pad:
        counted = np.pad(counted, pool_padding(layer, shape), constant_values=1)
        bounds = zip(windows.padded_shape(), counted.shape, strict=True)
        counted = np.pad(counted, [(0, max(0, end - n)) for end, n in bounds])
    else:
        counted = windows.pad(counted)
    return np.asarray(sum(counted[tap] for tap in windows.taps))
