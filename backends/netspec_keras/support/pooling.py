"""Pools that Keras does not have, over the axes between the first and the last."""

# Keras has no types
# mypy: disable-error-code="misc,no-any-return"

import math
from itertools import product
from typing import Any

import keras
import numpy as np
from keras import layers, ops


@keras.saving.register_keras_serializable(package="netspec")
class DilatedMaxPool(layers.Layer):
    """The largest value of each window, whose positions are `dilation` apart; the first
    of equal ones gets the gradient.
    """

    def __init__(
        self,
        window: tuple[int, ...],
        strides: tuple[int, ...],
        dilation: tuple[int, ...],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.window = window
        self.strides = strides
        self.dilation = dilation

    def call(self, x: Any) -> Any:
        axes = [*zip(x.shape[1:-1], self.window, self.dilation, strict=True)]
        last = [n - d * (k - 1) for n, k, d in axes]
        places = [
            [slice(s, s + end, step) for s, end, step in zip(*at, strict=True)]
            for starts in product(*(range(0, k * d, d) for _, k, d in axes))
            for at in [(starts, last, self.strides)]
        ]
        return first_largest(ops.stack([x[(slice(None), *at)] for at in places], -1))


@keras.saving.register_keras_serializable(package="netspec")
class CountedAverage(layers.Layer):
    """The mean of each window, which counts some of the zeros around alone.

    Args:
        window: its sizes.
        strides: from window to window.
        padding: zeros at each end of an axis.
        counted: how many of them the mean counts.
    """

    def __init__(
        self,
        window: tuple[int, ...],
        strides: tuple[int, ...],
        padding: tuple[tuple[int, int], ...],
        counted: tuple[tuple[int, int], ...],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.window = window
        self.strides = strides
        self.padding = padding
        self.counted = counted

    def build(self, shape: tuple[int, ...]) -> None:
        counts = np.ones(())
        for n, axis in zip(shape[1:-1], range(len(self.window)), strict=True):
            counts = np.multiply.outer(counts, self.counts(n, axis))
        self.scale = (math.prod(self.window) / counts)[None, ..., None]

    def call(self, x: Any) -> Any:
        x = ops.pad(x, [(0, 0), *map(tuple, self.padding), (0, 0)])
        y = ops.average_pool(x, tuple(self.window), tuple(self.strides))
        return y * ops.cast(self.scale, y.dtype)

    def counts(self, n: int, axis: int) -> np.ndarray:
        """How many positions of each window along an axis of n count."""
        (before, after), (low, high) = self.padding[axis], self.counted[axis]
        size, step = self.window[axis], self.strides[axis]
        begin = np.arange(0, before + n + after - size + 1, step) - before
        return np.minimum(begin + size, n + high) - np.maximum(begin, -low)


@keras.saving.register_keras_serializable(package="netspec")
class AdaptiveAverage(layers.Layer):
    """The mean of each of so many windows: one matrix for each axis."""

    def __init__(self, size: tuple[int, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = size

    def call(self, x: Any) -> Any:
        for axis, count in enumerate(self.size, start=1):
            starts, ends = windows(x.shape[axis], count)
            place = np.arange(x.shape[axis])
            means = ((starts <= place) & (place < ends)) / (ends - starts)
            x = along(x, means, axis)
        return x


@keras.saving.register_keras_serializable(package="netspec")
class AdaptiveMax(layers.Layer):
    """The largest value of each of so many windows: along the last axis first, so that
    of equal values the first gets the gradient.
    """

    def __init__(self, size: tuple[int, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = size

    def call(self, x: Any) -> Any:
        for axis, count in reversed([*enumerate(self.size, start=1)]):
            x = ops.moveaxis(self.largest(ops.moveaxis(x, axis, -1), count), -1, axis)
        return x

    def largest(self, x: Any, count: int) -> Any:
        """The largest value of each of so many windows over the last axis."""
        starts, ends = windows(x.shape[-1], count)
        places = starts + np.arange((ends - starts).max())
        inside = np.minimum(places, x.shape[-1] - 1)
        taken = ops.reshape(
            ops.take(x, inside.ravel(), axis=-1), (*ops.shape(x)[:-1], *inside.shape)
        )
        return first_largest(ops.where(places < ends, taken, -math.inf))


def windows(n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Where each of m windows over n positions begins and ends, as columns."""
    index = np.arange(m)[:, None]
    return index * n // m, -(-(index + 1) * n // m)


def first_largest(values: Any) -> Any:
    """The largest along the last axis; the first of equal ones gets the gradient."""
    best = ops.argmax(values, axis=-1, keepdims=True)
    return ops.squeeze(ops.take_along_axis(values, best, axis=-1), axis=-1)


def along(x: Any, matrix: np.ndarray, axis: int) -> Any:
    """Multiply an axis of x by a matrix (out, in)."""
    weights = ops.cast(matrix, x.dtype)
    return ops.moveaxis(ops.tensordot(x, weights, axes=([axis], [1])), -1, axis)
