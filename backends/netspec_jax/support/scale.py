"""Multiplication and addition along axes."""

import jax.numpy as jnp
from jax import Array
from jax.nn import initializers

from netspec_jax.support.base import Initializer, Layer, Tree, parametric

Numbers = float | tuple[float, ...]


def rescale(x: Array, scale: Numbers, offset: Numbers) -> Array:
    """``x * scale + offset``: numbers, or one for each channel, the last axis."""
    return x * jnp.asarray(scale, x.dtype) + jnp.asarray(offset, x.dtype)


def scale(
    *sizes: int,
    axes: tuple[int, ...],
    weight: Initializer | None = initializers.ones,
    bias: Initializer | None = initializers.zeros,
) -> Layer:
    """``x * weight + bias`` along axes of these sizes."""

    def function(params: Tree, x: Array) -> Array:
        shape = [n if axis in axes else 1 for axis, n in enumerate(x.shape)]
        y: Array = x * params["weight"].reshape(shape)
        return y + params["bias"].reshape(shape) if "bias" in params else y

    return parametric(function, weight=(weight, sizes), bias=(bias, sizes))
