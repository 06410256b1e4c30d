"""What the layers of a user mean: outputs and derivatives, for the reference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from netspec.contract import Array
from netspec.reference import Arithmetic, Pullback, Scope, Split, forward, join
from tests.backends.custom.layers import Attend, Blank, Cube, Gate, LowRank, Tempered


@forward.register
def low_rank(layer: LowRank, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops, down, up = scope.ops, scope.param("down"), scope.param("up")

    def average(x: Array) -> Array:
        return ops.contract(lambda x: x.mean(axis=0), len(x), x)

    mean = average(x) if scope.train else scope.param("running_mean")
    if scope.train:
        decay = scope.scalar("decay")
        kept = ops.value(decay * scope.param("running_mean"))
        moved = ops.value(kept + ops.value((1 - decay) * mean))
        scope.update("running_mean", moved)
    centered = ops.value(x - mean)
    hidden = ops.contract(np.matmul, x.shape[1], centered, down.T)

    def pullback(dy: Array) -> Array:
        scope.grad("up", ops.contract(np.matmul, len(dy), dy.T, hidden))
        dh = ops.contract(np.matmul, layer.units, dy, up)
        scope.grad("down", ops.contract(np.matmul, len(dh), dh.T, centered))
        dx = ops.contract(np.matmul, layer.rank, dh, down)
        return ops.value(dx - average(dx)) if scope.train else dx

    return ops.contract(np.matmul, layer.rank, hidden, up.T), pullback


@forward.register
def tempered(layer: Tempered, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops, temperature = scope.ops, scope.param("temperature")
    y = ops.value(x / temperature)

    def pullback(dy: Array) -> Array:
        dx = ops.value(dy / temperature)
        total = ops.contract(lambda p: p.sum(axis=0), len(dy), ops.value(dx * y))
        scope.grad("temperature", -total)
        return dx

    return y, pullback


@join.register
def gate(
    layer: Gate, x: Array, outputs: Sequence[Array], ops: Arithmetic
) -> tuple[Array, Split]:
    body, gate = outputs
    factor = ops.value(1 + gate)

    def split(dy: Array) -> list[Array]:
        return [ops.value(dy * factor), ops.value(dy * body)]

    return ops.value(body * factor), split


@join.register
def attend(
    layer: Attend, x: Array, outputs: Sequence[Array], ops: Arithmetic
) -> tuple[Array, Split]:
    (body,) = outputs
    return ops.value(x * body), lambda dy: [ops.value(dy * x), ops.value(dy * body)]


@forward.register
def blank(layer: Blank, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    if not scope.train:
        return x, lambda dy: dy
    factor = (scope.mask(x.shape, layer.rate) / (1 - layer.rate)).astype(x.dtype)
    return scope.ops.value(x * factor), lambda dy: scope.ops.value(dy * factor)


@forward.register
def cube(layer: Cube, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    value = scope.ops.value
    square = value(x * x)
    return value(square * x), lambda dy: value(dy * value(3 * square))
