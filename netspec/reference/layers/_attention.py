"""Attention of a sequence to itself.

With ``p = softmax(s)`` the weights, the vector-Jacobian product of ``o = p v`` is
``dv = p^T do`` and ``dp = do v^T``, of the softmax ``ds = p (dp - sum(dp p))``, and of
``s = q k^T / sqrt(d)`` it is ``dq = ds k / sqrt(d)`` and ``dk = ds^T q / sqrt(d)``. A
head of keys and values gets the sum over the heads that read it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from netspec.layers import MultiHeadAttention
from netspec.reference._arithmetic import Arithmetic
from netspec.reference._evaluation import Array, Pullback, Scope, forward
from netspec.reference.layers._activations import softmax
from netspec.reference.layers._dense import linear
from netspec.reference.layers._normalization import rms_norm
from netspec.reference.layers._positions import angles

EPS = 1e-6  # of the normalization of queries and keys


@forward.register
def _attention(
    layer: MultiHeadAttention, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    heads, key_heads, _ = layer.sizes(x.shape[1:])
    q, q_back = _read("query", heads, x, scope)
    k, k_back = _read("key", key_heads, x, scope)
    v, v_back = _read("value", key_heads, x, scope)
    attended, attend_back = _attend(q, k, v, scope)
    y, output_back = linear(_merged(attended), scope.inside("output"))

    def pullback(dy: Array) -> Array:
        dq, dk, dv = attend_back(_split(output_back(dy), heads))
        of_both = scope.ops.value(k_back(dk) + v_back(dv))
        return scope.ops.value(q_back(dq) + of_both)

    return y, pullback


def _read(name: str, heads: int, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    """Compute queries, keys or values, (..., heads, positions, d), as the layer wants
    them.
    """
    layer, ops = _layer(scope), scope.ops
    y, back = linear(x, scope.inside(name))
    y, backs = _split(y, heads), [back, _merged]
    if layer.normalize and name != "value":
        y, normalized_back = rms_norm(y, 1, EPS, scope.inside(f"{name}_norm"))
        backs.append(normalized_back)
    if layer.rotary is not None and name != "value":
        y, turned_back = _turned(y, layer.rotary, ops)
        backs.append(turned_back)
    return y, _in_turn(backs)


def _in_turn(backs: Sequence[Pullback]) -> Pullback:
    def pullback(dy: Array) -> Array:
        for back in reversed(backs):
            dy = back(dy)
        return dy

    return pullback


def _split(x: Array, heads: int) -> Array:
    """Return (..., positions, heads d) as (..., heads, positions, d)."""
    parts = x.reshape(*x.shape[:-1], heads, -1)
    return np.ascontiguousarray(parts.swapaxes(-2, -3))  # which matrix products like


def _merged(x: Array) -> Array:
    """Return (..., heads, positions, d) as (..., positions, heads d)."""
    parts = x.swapaxes(-2, -3)
    return parts.reshape(*parts.shape[:-2], -1)


def _turned(x: Array, base: float, ops: Arithmetic) -> tuple[Array, Pullback]:
    """Turn the halves of each head by rotary angles; the gradient turns back."""
    turns = angles(x.shape[-2], x.shape[-1], base)
    cos, sin = (ops.value(f(turns).astype(x.dtype)) for f in (np.cos, np.sin))

    def turn(x: Array, sin: Array) -> Array:
        a, b = np.split(x, 2, axis=-1)
        halves = (
            ops.value(ops.value(a * cos) - ops.value(b * sin)),
            ops.value(ops.value(b * cos) + ops.value(a * sin)),
        )
        return np.concatenate(halves, axis=-1)

    return turn(x, sin), lambda dy: turn(dy, -sin)


def _attend(
    q: Array, k: Array, v: Array, scope: Scope
) -> tuple[Array, Callable[[Array], tuple[Array, Array, Array]]]:
    """Compute the weighted values of every head.

    Args:
        q: queries, (..., heads, positions, d).
        k: keys, (..., key heads, positions, d).
        v: values, as the keys.
        scope: of the layer.

    Returns:
        The values, as the queries, and the pullback to all three.
    """
    ops, (length, dim), scale = scope.ops, q.shape[-2:], q.shape[-1] ** -0.5
    rows = (
        *k.shape[:-2],
        -1,
    )  # all heads that read one head of keys, one below another
    stacked = q.reshape(*rows, dim)
    products = ops.contract(np.matmul, dim, stacked, k.swapaxes(-1, -2))
    scores = ops.value(products * q.dtype.type(scale)).reshape(*q.shape[:-1], length)
    scores, scores_back = _biased(scores, scope)
    p, softmax_back = softmax(_masked(scores, scope), -1, ops)
    weights, weights_back = _dropped(p, scope)
    weights = weights.reshape(*rows, length)
    o = ops.contract(np.matmul, length, weights, v)

    def pullback(do: Array) -> tuple[Array, Array, Array]:
        do, saved = do.reshape(*rows, dim), ops.value(weights)
        count = do.shape[-2]
        dv = ops.contract(np.matmul, count, saved.swapaxes(-1, -2), do)
        dp = ops.contract(np.matmul, dim, do, ops.value(v).swapaxes(-1, -2))
        ds = softmax_back(weights_back(dp.reshape(p.shape)))
        ds = ops.value(scores_back(ds) * q.dtype.type(scale)).reshape(*rows, length)
        dq = ops.contract(np.matmul, length, ds, ops.value(k)).reshape(q.shape)
        dk = ops.contract(np.matmul, count, ds.swapaxes(-1, -2), ops.value(stacked))
        return dq, dk, dv

    return o.reshape(q.shape), pullback


def _biased(scores: Array, scope: Scope) -> tuple[Array, Pullback]:
    """Add the learned bias of each head and distance, if there is one."""
    layer, ops, own = _layer(scope), scope.ops, scope.inside("relative")
    if layer.relative is None:
        return scores, lambda ds: ds
    weight, most, length = own.param("weight"), layer.relative - 1, scores.shape[-1]
    index = np.clip(-_ages(length), -most, most) + most

    def scatter(ds: Array) -> Array:
        table = np.zeros_like(weight)
        summed = ds.sum(axis=tuple(range(ds.ndim - 3)))
        np.add.at(table.T, index, np.moveaxis(summed, 0, -1))
        return table

    def pullback(ds: Array) -> Array:
        count = math.prod(ds.shape[:-3]) * length
        own.grad("weight", ops.contract(scatter, count, ds))
        return ds

    return ops.value(scores + weight[:, index]), pullback


def _masked(scores: Array, scope: Scope) -> Array:
    """Return the scores, minus infinity where a query does not see a key."""
    layer, length = _layer(scope), scores.shape[-1]
    if not layer.causal:
        return scores
    ages = _ages(length)
    seen = (ages >= 0) & (ages < (layer.window or length))
    return np.where(seen, scores, -np.inf)


def _dropped(p: Array, scope: Scope) -> tuple[Array, Pullback]:
    """Zero some of the weights in training, and scale the others up."""
    rate, ops = _layer(scope).dropout, scope.ops
    if not scope.train or rate == 0:
        return p, lambda dw: dw
    factor = (scope.mask(p.shape, rate) / (1 - rate)).astype(p.dtype)
    return ops.value(p * factor), lambda dw: ops.value(dw * factor)


def _ages(length: int) -> Array:
    """Return by how many positions each query, a row, is after each key."""
    steps = np.arange(length)
    return steps[:, None] - steps


def _layer(scope: Scope) -> MultiHeadAttention:
    assert isinstance(scope.layer, MultiHeadAttention)
    return scope.layer
