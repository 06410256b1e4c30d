"""Dropout."""

from __future__ import annotations

from netspec.layers import Dropout
from netspec.reference._evaluation import Array, Pullback, Scope, forward


@forward.register
def _dropout(layer: Dropout, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    if not scope.train or layer.rate == 0:
        return x, lambda dy: dy
    kept = scope.mask(x.shape, layer.rate)
    factor = (kept / (1 - layer.rate)).astype(x.dtype)
    return scope.ops.value(x * factor), lambda dy: scope.ops.value(dy * factor)
