"""Dense and Embedding."""

from __future__ import annotations

import numpy as np

from netspec.layers import Dense, Embedding
from netspec.reference._evaluation import Array, Pullback, Scope, forward


@forward.register
def _dense(layer: Dense, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    return linear(x, scope)


def linear(x: Array, scope: Scope) -> tuple[Array, Pullback]:
    """Compute ``x weight^T + bias`` on the last axis, as the scope has them."""
    ops, weight, bias = scope.ops, scope.param("weight"), scope.optional("bias")
    units = len(weight)
    flat = x.reshape(-1, x.shape[-1])
    y = ops.contract(np.matmul, flat.shape[1], flat, weight.T)
    if bias is not None:
        y = ops.value(y + bias)

    def pullback(dy: Array) -> Array:
        dy = dy.reshape(-1, units)
        rows = len(dy)
        scope.grad("weight", ops.contract(np.matmul, rows, dy.T, ops.value(flat)))
        if bias is not None:
            scope.grad("bias", ops.contract(lambda a: a.sum(axis=0), rows, dy))
        return ops.contract(np.matmul, units, dy, weight).reshape(x.shape)

    return y.reshape(*x.shape[:-1], units), pullback


@forward.register
def _embedding(layer: Embedding, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    weight = scope.param("weight")

    def scatter(dy: Array) -> Array:
        table = np.zeros_like(weight)
        np.add.at(table, x, dy)
        return table

    def pullback(dy: Array) -> Array:
        most = int(np.bincount(x.ravel()).max())
        scope.grad("weight", scope.ops.contract(scatter, most, dy))
        return np.zeros(x.shape, dy.dtype)

    return weight[x], pullback
