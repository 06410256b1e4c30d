"""Reductions along axes."""

from collections.abc import Callable

import jax.numpy as jnp
from jax import Array

from netspec_jax.support.base import Layer, elementwise


def reduce(function: Callable[..., Array], *axes: int, keepdims: bool = False) -> Layer:
    """A function that reduces axes, such as `jnp.max`."""
    return elementwise(lambda x: function(x, axis=axes, keepdims=keepdims))


def l2_norm(x: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
    """The root of the sum of squares; its gradient at 0 is 0, not NaN."""
    squares = jnp.square(x).sum(axis, keepdims=keepdims)
    safe = jnp.where(squares > 0, squares, 1)
    return jnp.where(squares > 0, jnp.sqrt(safe), squares)
