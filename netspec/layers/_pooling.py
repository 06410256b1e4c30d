"""Pooling over windows and over all positions, channels first.

`ceil_mode` follows PyTorch: the output size is rounded up, and a last window that
would start in the right padding is dropped. Averages with `count_include_pad` count
the padding, but never what ceil_mode adds beyond it.
"""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import ClassVar

from netspec.declare import Field, declare
from netspec.declare.rules import BOOL
from netspec.errors import SpecError
from netspec.layers._base import Layer, layer, need_rank
from netspec.layers._facts import Shape
from netspec.layers._remedies import pool_same, wide_maximum, wide_mean
from netspec.layers._spatial import (
    AXES,
    COUNTS,
    POOL_PADDINGS,
    STRIDES,
    OptionalPerAxis,
    Padding,
    PerAxis,
    Sizes,
    need_room,
)

__all__ = [
    "AvgPool1D",
    "AvgPool2D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "MaxPool1D",
    "MaxPool2D",
]


@layer
class MaxPool1D(Layer):
    """Largest value of each window over (channels, length); padding never wins.

    Attributes:
        kernel_size: window.
        stride: step; None is the kernel size.
        padding: positions added at both ends, at most half the kernel.
        ceil_mode: round the output size up.

    Shapes: (c, n) to (c, m).
    """

    spatial = True

    kernel_size: PerAxis = Field(COUNTS[1])
    _: KW_ONLY
    stride: OptionalPerAxis = Field(STRIDES[1], default=None)
    padding: Padding = Field(POOL_PADDINGS[1], default=0)
    ceil_mode: Field[bool, bool] = Field(BOOL, default=False)

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)


@layer
class MaxPool2D(Layer):
    """Largest value of each window over (channels, height, width).

    Attributes:
        kernel_size: window, one number or (height, width), as are the next two.
        stride: step; None is the kernel size.
        padding: positions added at both ends, at most half the kernel; never win.
        ceil_mode: round the output size up.

    Shapes: (c, h, w) to (c, h', w').
    """

    spatial = True

    kernel_size: PerAxis = Field(COUNTS[2])
    _: KW_ONLY
    stride: OptionalPerAxis = Field(STRIDES[2], default=None)
    padding: Padding = Field(POOL_PADDINGS[2], default=0)
    ceil_mode: Field[bool, bool] = Field(BOOL, default=False)

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)


@layer
class AvgPool1D(Layer):
    """Mean of each window over (channels, length).

    Attributes:
        kernel_size: window.
        stride: step; None is the kernel size.
        padding: zeros added at both ends, at most half the kernel.
        ceil_mode: round the output size up.
        count_include_pad: whether padded zeros count in the divisor.

    Shapes: (c, n) to (c, m).
    """

    spatial = True

    kernel_size: PerAxis = Field(COUNTS[1])
    _: KW_ONLY
    stride: OptionalPerAxis = Field(STRIDES[1], default=None)
    padding: Padding = Field(POOL_PADDINGS[1], default=0)
    ceil_mode: Field[bool, bool] = Field(BOOL, default=False)
    count_include_pad: Field[bool, bool] = Field(BOOL, default=True)

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)


@layer
class AvgPool2D(Layer):
    """Mean of each window over (channels, height, width).

    Attributes:
        kernel_size: window, one number or (height, width), as are the next two.
        stride: step; None is the kernel size.
        padding: zeros added at both ends, at most half the kernel.
        ceil_mode: round the output size up.
        count_include_pad: whether padded zeros count in the divisor.

    Shapes: (c, h, w) to (c, h', w').
    """

    spatial = True

    kernel_size: PerAxis = Field(COUNTS[2])
    _: KW_ONLY
    stride: OptionalPerAxis = Field(STRIDES[2], default=None)
    padding: Padding = Field(POOL_PADDINGS[2], default=0)
    ceil_mode: Field[bool, bool] = Field(BOOL, default=False)
    count_include_pad: Field[bool, bool] = Field(BOOL, default=True)

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)


MaxPool = MaxPool1D | MaxPool2D
AvgPool = AvgPool1D | AvgPool2D
Pool = MaxPool | AvgPool


def pool_stride(pool: Pool) -> Sizes:
    """Return the stride of a pool, which is the kernel size unless given."""
    return pool.kernel_size if pool.stride is None else pool.stride


def pool_padding(pool: Pool) -> Sizes:
    """Return the number of positions added at each end of each axis.

    Raises:
        SpecError: ``"same"``, which pools do not take.
    """
    if isinstance(pool.padding, str):
        raise SpecError("pools take no padding 'same'")
    return pool.padding


def _output_shape(pool: Pool, shape: Shape) -> Shape:
    rank = len(pool.kernel_size)
    need_rank(shape, rank + 1, AXES[rank])
    padding = _padding(pool, shape[1:])
    padded = [n + 2 * p for n, p in zip(shape[1:], padding, strict=True)]
    need_room(pool.kernel_size, tuple(padded))
    windows = _counts(pool, shape[1:], padding)
    if any(2 * p > k for p, k in zip(padding, pool.kernel_size, strict=True)):
        raise SpecError(
            f"padding must be at most half the kernel, received padding"
            f" {padding} and kernel {pool.kernel_size};"
            f" {_instead(pool, shape[1:], padding, windows)}"
        )
    return (shape[0], *windows)


def _padding(pool: Pool, sizes: Sizes) -> Sizes:
    try:
        return pool_padding(pool)
    except SpecError as error:
        largest = isinstance(pool, MaxPool1D | MaxPool2D)
        said = pool_same(sizes, pool.kernel_size, pool_stride(pool), _windows, largest)
        raise SpecError(f"{error.problem}; {said}") from None


def _instead(pool: Pool, sizes: Sizes, padding: Sizes, windows: Sizes) -> str:
    """Say what does what a padding of more than half of the kernel means."""
    kernel, stride = pool.kernel_size, pool_stride(pool)
    if isinstance(pool, MaxPool1D | MaxPool2D):
        return wide_maximum(kernel, stride, padding, pool.ceil_mode)
    axes = zip(windows, stride, kernel, padding, strict=True)
    ends = tuple((m - 1) * s + k - p for m, s, k, p in axes)
    return wide_mean(sizes, padding, ends, pool.count_include_pad)


def _counts(pool: Pool, sizes: Sizes, padding: Sizes) -> Sizes:
    axes = zip(sizes, pool.kernel_size, pool_stride(pool), padding, strict=True)
    return tuple(_windows(*axis, pool.ceil_mode) for axis in axes)


def _windows(size: int, kernel: int, step: int, pad: int, ceil_mode: bool) -> int:
    slack = size + 2 * pad - kernel
    if not ceil_mode:
        return slack // step + 1
    count = -(-slack // step) + 1
    return count - ((count - 1) * step >= size + pad)


@declare
class GlobalPool(Layer):
    """Base of pools over every position."""

    spatial = True
    rank: ClassVar[int]

    keepdims: Field[bool, bool] = Field(BOOL, default=False)

    def output_shape(self, shape: Shape) -> Shape:
        need_rank(shape, self.rank + 1, AXES[self.rank])
        return (shape[0], *((1,) * self.rank if self.keepdims else ()))


@layer
class GlobalAvgPool1D(GlobalPool):
    """Mean over the length of (channels, length).

    Attributes:
        keepdims: keep the spatial axes with size 1.

    Shapes: (c, n) to (c,), or (c, 1) with keepdims.
    """

    rank: ClassVar[int] = 1


@layer
class GlobalAvgPool2D(GlobalPool):
    """Mean over the positions of (channels, height, width).

    Attributes:
        keepdims: keep the spatial axes with size 1.

    Shapes: (c, h, w) to (c,), or (c, 1, 1) with keepdims.
    """

    rank: ClassVar[int] = 2


@layer
class GlobalMaxPool1D(GlobalPool):
    """Largest value over the length of (channels, length).

    Attributes:
        keepdims: keep the spatial axes with size 1.

    Shapes: (c, n) to (c,), or (c, 1) with keepdims.
    """

    rank: ClassVar[int] = 1


@layer
class GlobalMaxPool2D(GlobalPool):
    """Largest value over the positions of (channels, height, width).

    Attributes:
        keepdims: keep the spatial axes with size 1.

    Shapes: (c, h, w) to (c,), or (c, 1, 1) with keepdims.
    """

    rank: ClassVar[int] = 2
