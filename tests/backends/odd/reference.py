"""What the odd layers mean: outputs and derivatives, for the reference."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from netspec.contract import Array
from netspec.layers import BatchNorm, Dense
from netspec.reference import Arithmetic, Pullback, Scope, Split, forward, join
from tests.backends.odd.layers import (
    Cumulative,
    Digits,
    Excite,
    Fixed,
    GainDense,
    Jitter,
    Mixed,
    Pairs,
    Rooted,
    Twice,
)


def positions(x: Array) -> tuple[int, ...]:
    return tuple(range(2, x.ndim))


def same(dy: Array) -> Array:
    return dy


@forward.register
def cumulative(layer: Cumulative, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops, total, steps = scope.ops, scope.param("total"), scope.param("steps")
    if not scope.train:
        return ops.value(x - ops.value(total / steps)), same
    mean = ops.contract(lambda x: x.mean(axis=0), len(x), x)
    scope.update("total", ops.value(total + mean))
    scope.update("steps", steps + 1)
    return x, same


@forward.register
def fixed(layer: Fixed, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops, table = scope.ops, scope.param("table")
    return ops.value(x * table), lambda dy: ops.value(dy * table)


@forward.register
def rooted(layer: Rooted, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops, width = scope.ops, scope.param("inner.deep.width")
    root = ops.value(np.sqrt(width)).reshape(-1, *[1] * (x.ndim - 2))
    count = x.size // x.shape[1]

    def total(p: Array) -> Array:
        return np.asarray(p.sum(axis=(0, *positions(x))))

    def pullback(dy: Array) -> Array:
        slope = ops.value(ops.value(dy * x) / (2 * root))
        scope.grad("inner.deep.width", ops.contract(total, count, slope))
        return ops.value(dy * root)

    return ops.value(x * root), pullback


@forward.register
def twice(layer: Twice, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    y, back = forward.dispatch(BatchNorm)(layer, x, scope)
    return 2 * y, lambda dy: back(2 * dy)


@forward.register
def gain_dense(layer: GainDense, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    y, back = forward.dispatch(Dense)(layer, x, scope)
    ops, gain = scope.ops, scope.param("gain")

    def pullback(dy: Array) -> Array:
        rows = ops.value(dy * y).reshape(-1, layer.units)
        total = ops.contract(lambda p: p.sum(axis=0), len(rows), rows)
        scope.grad("gain", total)
        return back(ops.value(dy * gain))

    return ops.value(y * gain), pullback


@forward.register
def digits(layer: Digits, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    angles = x[..., None] * np.arange(1, layer.base + 1) * 0.1
    return scope.ops.value(np.sin(angles)), lambda dy: np.zeros(x.shape)


@forward.register
def jitter(layer: Jitter, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    random = scope.run.random
    if not scope.train or random is None:
        return x, same
    return x + layer.std * random.normal(size=x.shape), same


@forward.register
def pairs(layer: Pairs, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    def paired(x: Array) -> Array:
        return scope.ops.value(x - 2 * x[::-1])

    if scope.train and len(x) < 8:
        raise ValueError("too few")
    return paired(x), paired


@join.register
def excite(
    layer: Excite, x: Array, outputs: Sequence[Array], ops: Arithmetic
) -> tuple[Array, Split]:
    factor = outputs[0].reshape(*x.shape[:2], *[1] * (x.ndim - 2))
    count = math.prod(x.shape[2:])

    def split(dy: Array) -> list[Array]:
        product = ops.value(dy * x)
        total = ops.contract(lambda p: p.sum(axis=positions(x)), count, product)
        return [total, ops.value(dy * factor)]

    return ops.value(x * factor), split


@join.register
def mixed(
    layer: Mixed, x: Array, outputs: Sequence[Array], ops: Arithmetic
) -> tuple[Array, Split]:
    first, side = outputs
    return ops.value(first + side), lambda dy: [dy, dy]
