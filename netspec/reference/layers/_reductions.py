"""Reductions along axes."""

from __future__ import annotations

import math

import numpy as np

from netspec.layers import Reduce
from netspec.reference._evaluation import Array, Pullback, Scope, forward


@forward.register
def _reduce(layer: Reduce, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    """With the reduced axes as one in front, all but they are as in the output."""
    axes = tuple(axis % x.ndim for axis in layer.axes)
    front = np.moveaxis(x, axes, range(len(axes)))
    candidates = front.reshape(-1, *front.shape[len(axes) :])
    y, spread = REDUCTIONS[layer.op](candidates, scope)

    def pullback(dy: Array) -> Array:
        dx = spread(dy.reshape(y.shape)).reshape(front.shape)
        return np.moveaxis(dx, range(len(axes)), axes)

    kept = np.expand_dims(y, axes) if layer.keepdims else y
    return kept, pullback


def _sum(x: Array, scope: Scope) -> tuple[Array, Pullback]:
    y = scope.ops.contract(lambda x: x.sum(axis=0), len(x), x)
    return y, lambda dy: np.broadcast_to(dy, x.shape)


def _mean(x: Array, scope: Scope) -> tuple[Array, Pullback]:
    y = scope.ops.contract(lambda x: x.mean(axis=0), len(x), x)
    return y, lambda dy: np.broadcast_to(scope.ops.value(dy / len(x)), x.shape)


def _max(x: Array, scope: Scope) -> tuple[Array, Pullback]:
    """Each of n equal largest values has the derivative 1 / n."""
    x, winner = scope.pin(x, lambda x: x.argmax(axis=0))
    y = np.take_along_axis(x, winner[None], 0)[0]
    largest = x == y
    count = largest.sum(axis=0, dtype=x.dtype)
    return y, lambda dy: scope.ops.value(dy / count) * largest


def _min(x: Array, scope: Scope) -> tuple[Array, Pullback]:
    y, pullback = _max(-x, scope)
    return -y, pullback  # signs cancel


def _l2(x: Array, scope: Scope) -> tuple[Array, Pullback]:
    """Give the derivative x / y, and 0 where all x are 0."""
    ops = scope.ops
    squares = ops.contract(lambda a, b: (a * b).sum(axis=0), len(x), x, x)
    y = ops.value(np.sqrt(squares))

    def pullback(dy: Array) -> Array:
        safe = np.where(y > 0, y, math.inf)
        return ops.value(ops.value(dy / safe) * x)

    return y, pullback


REDUCTIONS = {"mean": _mean, "sum": _sum, "max": _max, "min": _min, "l2": _l2}
