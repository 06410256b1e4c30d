"""How outputs of branches are joined, and their cotangents parted."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from netspec.reference._evaluation import Array
from netspec.reference._join import Joint, Split

Merge = Callable[[Sequence[Array], Joint], tuple[Array, Split]]


def merge(
    name: str, axis: int, outputs: Sequence[Array], ops: Joint
) -> tuple[Array, Split]:
    """Join outputs as `netspec.layers.Parallel` says."""
    if name == "concat":
        return _concat(axis, outputs)
    if name == "stack":
        y = np.stack(outputs, axis=axis)
        return y, lambda dy: list(np.moveaxis(dy, axis, 0))
    return BROADCASTING[name](outputs, ops)


def _concat(axis: int, outputs: Sequence[Array]) -> tuple[Array, Split]:
    ends = np.cumsum([output.shape[axis] for output in outputs])[:-1]
    y = np.concatenate(outputs, axis=axis)
    return y, lambda dy: np.split(dy, ends, axis=axis)


def _add(outputs: Sequence[Array], ops: Joint) -> tuple[Array, Split]:
    full = np.stack(np.broadcast_arrays(*outputs))
    y = ops.contract(np.add.reduce, len(outputs), full)
    return y, lambda dy: [_parted(dy, output, ops) for output in outputs]


def _subtract(outputs: Sequence[Array], ops: Joint) -> tuple[Array, Split]:
    one, other = outputs
    return ops.value(one - other), lambda dy: [
        _parted(dy, one, ops),
        -_parted(dy, other, ops),
    ]


def _multiply(outputs: Sequence[Array], ops: Joint) -> tuple[Array, Split]:
    """Of a product, the derivative by one factor is the product of the others."""

    def product(factors: Sequence[Array]) -> Array:
        y = factors[0]
        for factor in factors[1:]:
            y = ops.value(y * factor)
        return y

    def split(dy: Array) -> list[Array]:
        pieces = []
        for i, output in enumerate(outputs):
            others = [*outputs[:i], *outputs[i + 1 :]]
            piece = ops.value(dy * product(others)) if others else dy
            pieces.append(_parted(piece, output, ops))
        return pieces

    return product(outputs), split


def _maximum(outputs: Sequence[Array], ops: Joint) -> tuple[Array, Split]:
    """Every output that is the largest has the derivative 1 / (number of these)."""
    candidates = np.stack(np.broadcast_arrays(*outputs))
    candidates, winner = ops.pin(candidates, lambda c: c.argmax(axis=0))
    y = np.take_along_axis(candidates, winner[None], 0)[0]
    largest = candidates == y

    def split(dy: Array) -> list[Array]:
        shares = ops.value(dy * largest / largest.sum(axis=0, dtype=y.dtype))
        return [
            _parted(share, output, ops)
            for share, output in zip(shares, outputs, strict=True)
        ]

    return y, split


def _matmul(outputs: Sequence[Array], ops: Joint) -> tuple[Array, Split]:
    a, b = outputs

    def split(dy: Array) -> list[Array]:
        da = ops.contract(np.matmul, dy.shape[-1], dy, b.swapaxes(-1, -2))
        db = ops.contract(np.matmul, dy.shape[-2], a.swapaxes(-1, -2), dy)
        return [_parted(da, a, ops), _parted(db, b, ops)]

    return ops.contract(np.matmul, a.shape[-1], a, b), split


BROADCASTING: dict[str, Merge] = {
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "maximum": _maximum,
    "matmul": _matmul,
}


def _parted(dy: Array, output: Array, ops: Joint) -> Array:
    """Sum a cotangent over the axes along which an output was broadcast."""
    if dy.shape == output.shape:
        return dy
    sizes = zip(output.shape, dy.shape, strict=True)
    axes = tuple(axis for axis, (own, wide) in enumerate(sizes) if own != wide)
    length = math.prod(dy.shape[axis] for axis in axes)
    return ops.contract(lambda dy: dy.sum(axis=axes, keepdims=True), length, dy)
