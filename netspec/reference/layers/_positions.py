"""Positions: learned rows, Vaswani's table, and a token before all others."""

from __future__ import annotations

import math

import numpy as np

from netspec import layers as nl
from netspec.reference._arithmetic import Arithmetic
from netspec.reference._evaluation import Array, Pullback, Scope, forward


@forward.register
def _position_embedding(
    layer: nl.PositionEmbedding, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    weight, length = scope.param("weight"), x.shape[-2]

    def pullback(dy: Array) -> Array:
        grad = np.zeros_like(weight)
        grad[:length] = _summed(dy, 2, scope.ops)
        scope.grad("weight", grad)
        return dy

    return scope.ops.value(x + weight[:length]), pullback


@forward.register
def _class_token(
    layer: nl.ClassToken, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    token = np.broadcast_to(scope.param("weight"), (*x.shape[:-2], 1, x.shape[-1]))

    def pullback(dy: Array) -> Array:
        scope.grad("weight", _summed(dy[..., 0, :], 1, scope.ops))
        return dy[..., 1:, :]

    return np.concatenate([token, x], axis=-2), pullback


@forward.register
def _sinusoidal(
    layer: nl.SinusoidalPosition, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    turns = angles(x.shape[-2], x.shape[-1], layer.base)
    table = np.empty(x.shape[-2:])
    table[:, ::2] = np.sin(turns)
    table[:, 1::2] = np.cos(turns)[:, : x.shape[-1] // 2]
    return scope.ops.value(x + scope.ops.value(table.astype(x.dtype))), lambda dy: dy


def angles(length: int, channels: int, base: float) -> Array:
    """Return ``t * base^(-2i / channels)`` for each position t and pair of channels i,
    (length, pairs) in float64; a last channel without a partner counts as a pair.
    """
    # Python's powers: NumPy's, which it vectorizes, have other last bits, times t
    rates = [base ** (-2 * i / channels) for i in range((channels + 1) // 2)]
    return np.outer(np.arange(length, dtype=np.float64), rates)


def _summed(dy: Array, kept: int, ops: Arithmetic) -> Array:
    """Sum over all but the last `kept` axes."""
    axes = tuple(range(dy.ndim - kept))
    count = math.prod(dy.shape[: dy.ndim - kept])
    return ops.contract(lambda a: a.sum(axis=axes), count, dy)
