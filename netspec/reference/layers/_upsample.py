"""Resizing of positions: one matrix along each axis."""

from __future__ import annotations

import math

import numpy as np

from netspec.layers import Upsample, Upsample1D, Upsample2D, Upsample3D
from netspec.reference._arithmetic import Arithmetic
from netspec.reference._evaluation import Array, Pullback, Scope, forward
from netspec.reference._matrices import along_axes


@forward.register(Upsample1D)
@forward.register(Upsample2D)
@forward.register(Upsample3D)
def _upsample(layer: Upsample, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops, sizes = scope.ops, layer.output_shape(x.shape[1:])[1:]
    make = _linear if layer.mode == "linear" else _nearest
    axes = zip(x.shape[2:], sizes, strict=True)
    matrices = [make(n, m, layer.align_corners, ops).astype(x.dtype) for n, m in axes]
    back = [matrix.T for matrix in matrices]
    taken, given = (
        math.prod(int((part != 0).sum(axis=1).max()) for part in parts)
        for parts in (matrices, back)
    )

    def pullback(dy: Array) -> Array:
        return ops.contract(along_axes, given, dy, *back)

    if layer.mode == "nearest":  # what is taken as it is, is not rounded
        return along_axes(x, *matrices), pullback
    return ops.contract(along_axes, taken, x, *matrices), pullback


def _nearest(n: int, m: int, align_corners: bool, ops: Arithmetic) -> Array:
    matrix = np.zeros((m, n))
    matrix[range(m), [i * n // m for i in range(m)]] = 1
    return matrix


def _linear(n: int, m: int, align_corners: bool, ops: Arithmetic) -> Array:
    """Give each output the two positions around its own, a whole number over another;
    what rounds is their quotient.
    """
    step, start, below = (
        (n - 1, 0, max(m - 1, 1)) if align_corners else (2 * n, n - m, 2 * m)
    )
    above = np.maximum(np.arange(m) * step + start, 0)
    first = above // below
    share = ops.value(above / below) - first
    matrix, rows = np.zeros((m, n)), np.arange(m)
    matrix[rows, first] += 1 - share
    matrix[rows, np.minimum(first + 1, n - 1)] += share
    return matrix
