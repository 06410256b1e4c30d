"""Nonlinearities that `jax.nn` does not have, or not with this derivative at 0."""

import jax.numpy as jnp
from jax import Array

from netspec_jax.support.base import Initializer, Layer, parametric


def leaky_relu(x: Array, negative_slope: float) -> Array:
    """`jax.nn.leaky_relu`, but with derivative `negative_slope` at 0."""
    return jnp.where(x > 0, x, negative_slope * x)


def prelu(size: int, *, weight: Initializer) -> Layer:
    """``x`` for x > 0, else ``weight * x``, one weight for all or for each channel."""
    return parametric(
        lambda params, x: jnp.where(x > 0, x, params["weight"] * x),
        weight=(weight, (size,)),
    )
