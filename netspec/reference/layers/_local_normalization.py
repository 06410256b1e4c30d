"""Normalization by the channels that lie near."""

from __future__ import annotations

import numpy as np

from netspec.layers import LocalResponseNorm
from netspec.reference._evaluation import Array, Pullback, Scope, forward


@forward.register
def _local_response(
    layer: LocalResponseNorm, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    """With d = k + alpha / size * sums and y = x d^-beta, the gradient of x is
    dy d^-beta - 2 alpha beta / size * x * (sums over the mirrored window of
    dy x d^(-beta - 1)).
    """
    ops, size = scope.ops, layer.size
    before, after = size // 2, (size - 1) // 2
    share, beta = scope.scalar("alpha") / size, scope.scalar("beta")

    def squares(a: Array, b: Array) -> Array:
        return _sums(a * b, before, after)

    d = ops.value(
        scope.scalar("k") + ops.value(share * ops.contract(squares, size, x, x))
    )
    scale = ops.value(d**-beta)

    def pullback(dy: Array) -> Array:
        through = ops.value(ops.value(ops.value(dy * x) * scale) / d)
        sums = ops.contract(lambda a: _sums(a, after, before), size, through)
        direct = ops.value(dy * scale)
        return ops.value(direct - ops.value(2 * share * beta * x * sums))

    return ops.value(x * scale), pullback


def _sums(x: Array, before: int, after: int) -> Array:
    """Sum the channels from `before` before each to `after` after it."""
    ends = [(0, 0)] * x.ndim
    ends[1] = (before, after)
    padded = np.pad(x, ends)
    total = padded[:, : x.shape[1]].copy()
    for start in range(1, before + after + 1):
        total += padded[:, start : start + x.shape[1]]
    return total
