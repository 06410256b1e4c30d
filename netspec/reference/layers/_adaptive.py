"""Pools that give a size, whatever the size of their input."""

from __future__ import annotations

import math
from functools import lru_cache, reduce
from itertools import product
from typing import Any

import numpy as np

from netspec.layers import (
    AdaptiveAvgPool,
    AdaptiveAvgPool1D,
    AdaptiveAvgPool2D,
    AdaptiveAvgPool3D,
    AdaptiveMaxPool,
    AdaptiveMaxPool1D,
    AdaptiveMaxPool2D,
    AdaptiveMaxPool3D,
    adaptive_windows,
)
from netspec.reference._evaluation import Array, Pullback, Scope, forward
from netspec.reference._matrices import along_axes


@forward.register(AdaptiveAvgPool1D)
@forward.register(AdaptiveAvgPool2D)
@forward.register(AdaptiveAvgPool3D)
def _average(layer: AdaptiveAvgPool, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    """Take means along one axis after the other: the windows are boxes."""
    axes = zip(x.shape[2:], layer.size, strict=True)
    means = [_means(n, m).astype(x.dtype) for n, m in axes]
    back = [matrix.T for matrix in means]
    taken = math.prod(int((matrix > 0).sum(axis=1).max()) for matrix in means)
    given = math.prod(int((matrix > 0).sum(axis=0).max()) for matrix in means)

    def pullback(dy: Array) -> Array:
        return scope.ops.contract(lambda dy: along_axes(dy, *back), given, dy)

    return scope.ops.contract(lambda x: along_axes(x, *means), taken, x), pullback


@lru_cache(maxsize=256)
def _means(n: int, m: int) -> Array:
    matrix = np.zeros((m, n))
    for row, (start, end) in zip(matrix, adaptive_windows(n, m), strict=True):
        row[start:end] = 1 / (end - start)
    return matrix


@forward.register(AdaptiveMaxPool1D)
@forward.register(AdaptiveMaxPool2D)
@forward.register(AdaptiveMaxPool3D)
def _max(layer: AdaptiveMaxPool, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    """Compare one candidate for each place in the largest window; where a window is
    smaller, what lies beyond never wins.
    """
    axes = zip(x.shape[2:], layer.size, strict=True)
    places = [*product(*(_places(n, m) for n, m in axes))]
    candidates = np.stack([_candidate(x, place) for place in places])
    candidates, winner = scope.pin(candidates, lambda c: c.argmax(axis=0))
    y = np.take_along_axis(candidates, winner[None], 0)[0]

    def pullback(dy: Array) -> Array:
        dx = np.zeros(x.shape, dy.dtype)
        for number, place in enumerate(places):
            np.add.at(dx, _index(place), dy * (winner == number))
        return scope.ops.value(dx)

    return y, pullback


Place = tuple[Array, Array]


def _places(n: int, m: int) -> list[Place]:
    """For each place in a window, the index of it in every window along an axis, and
    whether the window has it.
    """
    starts, ends = np.array(adaptive_windows(n, m)).T
    largest = int((ends - starts).max())
    found = (starts + place for place in range(largest))
    return [(np.minimum(index, n - 1), index < ends) for index in found]


def _index(place: tuple[Place, ...]) -> Any:
    return (..., *np.ix_(*(index for index, _ in place)))


def _candidate(x: Array, place: tuple[Place, ...]) -> Array:
    values = np.asarray(x[_index(place)])
    inside = reduce(np.logical_and.outer, (has for _, has in place))
    return values if inside.all() else np.where(inside, values, x.dtype.type(-np.inf))
