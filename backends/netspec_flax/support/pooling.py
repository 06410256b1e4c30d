"""Pools that `nnx.max_pool` and `nnx.avg_pool` are not, over the axes between the
first, the batch, and the last, the channels.
"""

import math
from itertools import product
from operator import add

import jax.numpy as jnp
from jax import Array, lax

from netspec_jax.support.adaptive import largest, windows
from netspec_jax.support.pooling import pool

Sizes = tuple[int, ...]
Ends = tuple[tuple[int, int], ...]


def dilated_max_pool(
    x: Array, window_shape: Sizes, strides: Sizes, dilation: Sizes, padding: Ends
) -> Array:
    """The largest value of each window, whose positions are apart; the first of equal
    ones gets the gradient. XLA's own window dilation has none.
    """
    wide = jnp.pad(x, [(0, 0), *padding, (0, 0)], constant_values=-math.inf)
    axes = [*zip(wide.shape[1:-1], window_shape, dilation, strides, strict=True)]
    last = [n - d * (k - 1) for n, k, d, _ in axes]
    taps = [
        wide[(slice(None), *map(slice, starts, map(add, starts, last), strides))]
        for starts in product(*(range(0, k * d, d) for _, k, d, _ in axes))
    ]
    candidates = jnp.stack(taps)
    winner = candidates.argmax(0)[None]
    return jnp.take_along_axis(candidates, winner, 0)[0]


def counting_avg_pool(
    x: Array, window_shape: Sizes, strides: Sizes, padding: Ends, counted: Ends
) -> Array:
    """The mean of each window.

    Args:
        x: (batch, *positions, channels).
        window_shape: sizes of a window.
        strides: from window to window.
        padding: zeros at each end of an axis.
        counted: how many of them the mean counts.
    """

    def total(x: Array, ends: Ends) -> Array:
        return pool(x, 0, lax.add, window_shape, strides, [*ends])

    ones = jnp.ones((1, *x.shape[1:-1], 1), x.dtype)
    ones = jnp.pad(ones, [(0, 0), *counted, (0, 0)], constant_values=1)
    pairs = zip(padding, counted, strict=True)
    rest = tuple((low - a, high - b) for (low, high), (a, b) in pairs)
    return total(x, padding) / total(ones, rest)


def global_max_pool(x: Array, keepdims: bool = False) -> Array:
    """The largest value over all positions; the first of equal ones gets the gradient,
    which `jnp.max` would share.
    """
    window, ends = x.shape[1:-1], [(0, 0)] * (x.ndim - 2)
    y = pool(x, -math.inf, lax.max, window, window, ends)
    return y if keepdims else y.reshape(x.shape[0], x.shape[-1])


def adaptive_avg_pool(x: Array, size: Sizes) -> Array:
    """The mean of each of so many windows: one matrix for each axis."""
    for axis, count in enumerate(size, start=1):
        starts, ends = windows(x.shape[axis], count)
        place = jnp.arange(x.shape[axis])
        inside = (starts <= place) & (place < ends)
        means = jnp.asarray(inside, x.dtype) / jnp.asarray(ends - starts, x.dtype)
        x = jnp.moveaxis(jnp.tensordot(x, means, (axis, 1)), -1, axis)
    return x


def adaptive_max_pool(x: Array, size: Sizes) -> Array:
    """The largest value of each of so many windows: along the last axis first, so that
    of equal values the first gets the gradient.
    """
    for axis, count in reversed([*enumerate(size, start=1)]):
        x = jnp.moveaxis(largest(jnp.moveaxis(x, axis, -1), count), -1, axis)
    return x
