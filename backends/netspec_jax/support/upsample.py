"""Resizing of the axes between the first, the batch, and the last, the channels: by
whole factors, or to a size.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from netspec_jax.support.base import Layer, elementwise

PerAxis = tuple[int, ...] | None


def nearest(*, scale: PerAxis = None, size: PerAxis = None) -> Layer:
    """Position floor(i n / m) of n for each output i of m; `jax.image.resize` takes
    floor((i + 1/2) n / m).
    """

    def function(x: Array) -> Array:
        for axis, m in enumerate(target(x, scale, size), start=1):
            n = x.shape[axis]
            if m % n == 0:
                x = jnp.repeat(x, m // n, axis)
            else:
                x = jnp.take(x, np.arange(m) * n // m, axis)
        return x

    return elementwise(function)


def linear(
    *, scale: PerAxis = None, size: PerAxis = None, align_corners: bool = False
) -> Layer:
    """The two positions around that of each output, by what lies between."""

    def function(x: Array) -> Array:
        sizes = target(x, scale, size)
        if not align_corners:
            shape = x.shape[0], *sizes, x.shape[-1]
            resized: Array = jax.image.resize(x, shape, "linear", antialias=False)
            return resized
        for axis, m in enumerate(sizes, start=1):
            weights = jnp.asarray(aligned(x.shape[axis], m), x.dtype)
            x = jnp.moveaxis(jnp.tensordot(x, weights, (axis, 1)), -1, axis)
        return x

    return elementwise(function)


def target(x: Array, scale: PerAxis, size: PerAxis) -> tuple[int, ...]:
    """The sizes of the positions that come out."""
    if scale is None:
        return size or ()
    return tuple(n * s for n, s in zip(x.shape[1:-1], scale, strict=True))


def aligned(n: int, m: int) -> np.ndarray:
    """The weights (m, n) with which first and last positions keep their places."""
    place = np.linspace(0, n - 1 if m > 1 else 0, m)[:, None]
    return np.maximum(1 - abs(place - np.arange(n)), 0)
