"""Pools over the axes between the first, the batch, and the last, the channels."""

import math
from collections.abc import Callable
from itertools import product
from operator import add

import jax.numpy as jnp
from jax import Array, lax

from netspec_jax.support.base import Layer, elementwise
from netspec_jax.support.windows import Padding, Sizes, per_axis, per_end


def max_pool(window: tuple[int, ...], *, stride: Sizes, padding: Padding = 0) -> Layer:
    """The largest value of each window; padding is never the largest."""
    steps, ends = per_axis(stride, len(window)), per_end(padding, len(window))
    return elementwise(lambda x: pool(x, -math.inf, lax.max, window, steps, ends))


def dilated_max_pool(
    window: tuple[int, ...], *, stride: Sizes, dilation: Sizes, padding: Padding = 0
) -> Layer:
    """The largest value of each window, whose positions are apart; the first of equal
    ones gets the gradient. XLA's own window dilation has none.
    """
    rank = len(window)
    steps, apart = per_axis(stride, rank), per_axis(dilation, rank)
    ends = [(0, 0), *per_end(padding, rank), (0, 0)]

    def function(x: Array) -> Array:
        wide = jnp.pad(x, ends, constant_values=-math.inf)
        axes = [*zip(wide.shape[1:-1], window, apart, steps, strict=True)]
        last = [n - d * (k - 1) for n, k, d, _ in axes]
        taps = [
            wide[(slice(None), *map(slice, starts, map(add, starts, last), steps))]
            for starts in product(*(range(0, k * d, d) for _, k, d, _ in axes))
        ]
        candidates = jnp.stack(taps)
        winner = candidates.argmax(0)[None]
        return jnp.take_along_axis(candidates, winner, 0)[0]

    return elementwise(function)


def avg_pool(
    window: tuple[int, ...],
    *,
    stride: Sizes,
    padding: Padding = 0,
    counted: Padding | None = None,
) -> Layer:
    """The mean of each window.

    Args:
        window: its sizes.
        stride: from window to window.
        padding: zeros at each end of an axis.
        counted: how many of them the mean counts; all of them if None.
    """
    steps, ends = per_axis(stride, len(window)), per_end(padding, len(window))

    def function(x: Array) -> Array:
        return pool(x, 0, lax.add, window, steps, ends) / count(x)

    def count(x: Array) -> Array | int:
        if counted is None:
            return math.prod(window)
        inside = per_end(counted, len(window))
        pairs = zip(ends, inside, strict=True)
        outside = [(low - a, high - b) for (low, high), (a, b) in pairs]
        ones = jnp.ones((1, *x.shape[1:-1], 1), x.dtype)
        ones = jnp.pad(ones, [(0, 0), *inside, (0, 0)], constant_values=1)
        return pool(ones, 0, lax.add, window, steps, outside)

    return elementwise(function)


def global_avg_pool(*, keepdims: bool = False) -> Layer:
    """The mean over all positions."""
    return elementwise(lambda x: x.mean(tuple(range(1, x.ndim - 1)), keepdims=keepdims))


def global_max_pool(*, keepdims: bool = False) -> Layer:
    """The largest value over all positions."""

    def function(x: Array) -> Array:
        # jnp.max shares the gradient among equal values; of a window only one gets it
        window = x.shape[1:-1]
        y = pool(x, -math.inf, lax.max, window, window, per_end(0, len(window)))
        return y if keepdims else y.reshape(x.shape[0], x.shape[-1])

    return elementwise(function)


def pool(
    x: Array,
    start: float,
    function: Callable[[Array, Array], Array],
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: list[tuple[int, int]],
) -> Array:
    """All values of each window, joined by a function."""
    pooled: Array = lax.reduce_window(
        x,
        x.dtype.type(start),
        function,
        window_dimensions=(1, *window, 1),
        window_strides=(1, *stride, 1),
        padding=[(0, 0), *padding, (0, 0)],
    )
    return pooled
