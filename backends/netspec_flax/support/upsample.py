"""Resizing of the axes between the first, the batch, and the last, the channels: by
whole factors, or to a size.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from netspec_jax.support.upsample import PerAxis, aligned, target


def nearest(x: Array, *, scale: PerAxis = None, size: PerAxis = None) -> Array:
    """Position floor(i n / m) of n for each output i of m; `jax.image.resize` takes
    floor((i + 1/2) n / m).
    """
    for axis, m in enumerate(target(x, scale, size), start=1):
        n = x.shape[axis]
        if m % n == 0:
            x = jnp.repeat(x, m // n, axis)
        else:
            x = jnp.take(x, np.arange(m) * n // m, axis)
    return x


def linear(x: Array, *, scale: PerAxis = None, size: PerAxis = None) -> Array:
    """The two positions around that of each output, by what lies between."""
    shape = x.shape[0], *target(x, scale, size), x.shape[-1]
    resized: Array = jax.image.resize(x, shape, "linear", antialias=False)
    return resized


def aligned_linear(x: Array, *, scale: PerAxis = None, size: PerAxis = None) -> Array:
    """`linear`, in which first and last positions keep their places."""
    for axis, m in enumerate(target(x, scale, size), start=1):
        weights = jnp.asarray(aligned(x.shape[axis], m), x.dtype)
        x = jnp.moveaxis(jnp.tensordot(x, weights, (axis, 1)), -1, axis)
    return x
