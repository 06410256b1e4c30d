"""Pools that give a size, over the axes between the first, the batch, and the last, the
channels. Window i of m over n positions begins at floor(i n / m) and ends before
ceil((i + 1) n / m).
"""

import jax.numpy as jnp
import numpy as np
from jax import Array

from netspec_jax.support.base import Layer, elementwise


def adaptive_avg_pool(*size: int) -> Layer:
    """The mean of each of so many windows: one matrix for each axis."""

    def function(x: Array) -> Array:
        for axis, count in enumerate(size, start=1):
            starts, ends = windows(x.shape[axis], count)
            place = np.arange(x.shape[axis])
            inside = (starts <= place) & (place < ends)
            means = jnp.asarray(inside / (ends - starts), x.dtype)
            x = jnp.moveaxis(jnp.tensordot(x, means, (axis, 1)), -1, axis)
        return x

    return elementwise(function)


def adaptive_max_pool(*size: int) -> Layer:
    """The largest value of each of so many windows: along the last axis first, so that
    of equal values the first gets the gradient.
    """

    def function(x: Array) -> Array:
        for axis, count in reversed([*enumerate(size, start=1)]):
            x = jnp.moveaxis(largest(jnp.moveaxis(x, axis, -1), count), -1, axis)
        return x

    return elementwise(function)


def largest(x: Array, count: int) -> Array:
    """The largest value of each of so many windows over the last axis."""
    starts, ends = windows(x.shape[-1], count)
    places = starts + np.arange((ends - starts).max())
    inside = np.minimum(places, x.shape[-1] - 1)
    candidates = jnp.where(places < ends, x[..., inside], -jnp.inf)
    best = candidates.argmax(-1, keepdims=True)
    y: Array = jnp.take_along_axis(candidates, best, -1)[..., 0]
    return y


def windows(n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Where each of m windows over n positions begins and ends, as columns."""
    index = np.arange(m)[:, None]
    return index * n // m, -(-(index + 1) * n // m)
