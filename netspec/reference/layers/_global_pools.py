"""Pools over all positions."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from netspec.layers import (
    GlobalAvgPool1D,
    GlobalAvgPool2D,
    GlobalAvgPool3D,
    GlobalMaxPool1D,
    GlobalMaxPool2D,
    GlobalMaxPool3D,
    GlobalPool,
)
from netspec.reference._evaluation import Array, Pullback, Scope, forward


@forward.register(GlobalAvgPool1D)
@forward.register(GlobalAvgPool2D)
@forward.register(GlobalAvgPool3D)
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
@forward.register(GlobalMaxPool3D)
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
