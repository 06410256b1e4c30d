"""What tells positions apart."""

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.nn import initializers

from netspec_jax.support.base import Initializer, Layer, Tree, parametric

near_zero = initializers.normal(0.02)


def position_embedding(
    positions: int, dim: int, *, weight: Initializer = near_zero
) -> Layer:
    """``x + weight``, the first rows of a learned table, (positions, dim)."""
    return parametric(
        lambda params, x: x + params["weight"][: x.shape[-2]],
        weight=(weight, (positions, dim)),
    )


def sinusoidal_position(x: Array, base: float = 10000.0) -> Array:
    """Add sines in even columns and cosines in odd ones (Vaswani et al., 2017)."""
    length, dim = x.shape[-2:]
    turns = angles(length, dim, base)
    pairs = np.stack([np.sin(turns), np.cos(turns)], axis=-1)
    return x + jnp.asarray(pairs.reshape(length, -1)[:, :dim], x.dtype)


def class_token(dim: int, *, weight: Initializer = initializers.zeros) -> Layer:
    """A learned position before all others."""

    def function(params: Tree, x: Array) -> Array:
        token = jnp.broadcast_to(params["weight"], (*x.shape[:-2], 1, dim))
        return jnp.concatenate([token, x], axis=-2)

    return parametric(function, weight=(weight, (dim,)))


def angles(positions: int, dim: int, base: float) -> np.ndarray:
    """``t * base^(-2i / dim)`` for position t and pair i, in float64."""
    rates = [base ** (-2 * i / dim) for i in range((dim + 1) // 2)]
    return np.outer(np.arange(positions, dtype=np.float64), rates)
