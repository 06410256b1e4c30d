"""Nonlinearities that `jax.nn` does not have, or not with this derivative at a kink."""

import jax
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


def swish(x: Array, beta: float) -> Array:
    """``x * sigmoid(beta * x)``."""
    return x * jax.nn.sigmoid(beta * x)


def softplus(x: Array, beta: float) -> Array:
    """``log(1 + exp(beta * x)) / beta``."""
    return jax.nn.softplus(beta * x) / beta


def softmin(x: Array, axis: int) -> Array:
    """``exp(-x) / sum(exp(-x))`` along an axis."""
    return jax.nn.softmax(-x, axis=axis)


def hard_tanh(x: Array, low: float, high: float) -> Array:
    """``min(max(low, x), high)``, its derivative at a bound 0; `jax.nn` has 1 there."""
    return jnp.where(x <= low, low, jnp.where(x >= high, high, x))


def limited_line(x: Array, slope: float, offset: float) -> Array:
    """``slope * x + offset`` within 0 and 1: the hard sigmoid with any slope."""
    return hard_tanh(slope * x + offset, 0.0, 1.0)


def soft_shrink(x: Array, lambd: float) -> Array:
    """``x`` moved by `lambd` towards 0, but not beyond."""
    return jax.nn.relu(x - lambd) - jax.nn.relu(-x - lambd)


def hard_shrink(x: Array, lambd: float) -> Array:
    """``x`` for ``|x| > lambd``, else 0."""
    return jnp.where(jnp.abs(x) <= lambd, 0.0, x)


def tanh_shrink(x: Array) -> Array:
    """``x - tanh(x)``."""
    return x - jnp.tanh(x)


def threshold(x: Array, threshold: float, value: float) -> Array:
    """``x`` for x > threshold, else `value`."""
    return jnp.where(x <= threshold, value, x)
