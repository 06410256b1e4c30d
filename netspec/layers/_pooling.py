"""Pooling over windows, channels first.

`ceil_mode` follows PyTorch: the output size is rounded up, and a last window that
would start in the right padding is dropped. Averages with `count_include_pad` count
the padding, but never what ceil_mode adds beyond it. Padding is smaller than the
window, so that each sees a value; where `dilation` lets one see none, it is refused.
"""

from __future__ import annotations

from dataclasses import KW_ONLY

from netspec.declare import Field
from netspec.declare.rules import BOOL
from netspec.errors import SpecError
from netspec.layers._base import Layer, layer, need_rank
from netspec.layers._facts import Shape
from netspec.layers._pool_windows import count_windows, need_inside, need_less
from netspec.layers._spatial import (
    AXES,
    COUNTS,
    PADDINGS,
    SAME,
    STRIDES,
    Ends,
    OptionalPerAxis,
    Padding,
    PerAxis,
    Sizes,
    ends_of,
    need_room,
    padded_sizes,
)

__all__ = [
    "AvgPool1D",
    "AvgPool2D",
    "AvgPool3D",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
]


@layer
class MaxPool1D(Layer):
    """Largest value of each window over (channels, length); padding never wins.

    Attributes:
        kernel_size: window.
        stride: step; None is the kernel size.
        padding: positions added at both ends, or a pair (before, after) for each axis,
            fewer than the window has. ``"valid"`` is none, ``"same"`` as many as make
            ceil(size / stride) windows, an odd one after.
        dilation: distance between the positions of a window.
        ceil_mode: round the output size up; not with ``"same"``.

    Shapes: (c, n) to (c, m).
    """

    spatial = True

    kernel_size: PerAxis = Field(COUNTS[1])
    _: KW_ONLY
    stride: OptionalPerAxis = Field(STRIDES[1], default=None)
    padding: Padding = Field(PADDINGS[1], default=0)
    dilation: PerAxis = Field(COUNTS[1], default=1)
    ceil_mode: Field[bool, bool] = Field(BOOL, default=False)

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)


@layer
class MaxPool2D(Layer):
    """Largest value of each window over (channels, height, width).

    Attributes:
        kernel_size: window, one number or (height, width), as are the next
            three.
        stride: step; None is the kernel size.
        padding: positions added at both ends, or a pair (before, after) for each axis,
            fewer than the window has; they never win. ``"valid"`` is none, ``"same"``
            as many as make ceil(size / stride) windows, an odd one after.
        dilation: distance between the positions of a window.
        ceil_mode: round the output size up; not with ``"same"``.

    Shapes: (c, h, w) to (c, h', w').
    """

    spatial = True

    kernel_size: PerAxis = Field(COUNTS[2])
    _: KW_ONLY
    stride: OptionalPerAxis = Field(STRIDES[2], default=None)
    padding: Padding = Field(PADDINGS[2], default=0)
    dilation: PerAxis = Field(COUNTS[2], default=1)
    ceil_mode: Field[bool, bool] = Field(BOOL, default=False)

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)


@layer
class MaxPool3D(Layer):
    """Largest value of each window over (channels, depth, height, width).

    Attributes:
        kernel_size: window, one number or (depth, height, width), as are the
            next three.
        stride: step; None is the kernel size.
        padding: positions added at both ends, or a pair (before, after) for each axis,
            fewer than the window has; they never win. ``"valid"`` is none, ``"same"``
            as many as make ceil(size / stride) windows, an odd one after.
        dilation: distance between the positions of a window.
        ceil_mode: round the output size up; not with ``"same"``.

    Shapes: (c, d, h, w) to (c, d', h', w').
    """

    spatial = True

    kernel_size: PerAxis = Field(COUNTS[3])
    _: KW_ONLY
    stride: OptionalPerAxis = Field(STRIDES[3], default=None)
    padding: Padding = Field(PADDINGS[3], default=0)
    dilation: PerAxis = Field(COUNTS[3], default=1)
    ceil_mode: Field[bool, bool] = Field(BOOL, default=False)

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)


@layer
class AvgPool1D(Layer):
    """Mean of each window over (channels, length).

    Attributes:
        kernel_size: window.
        stride: step; None is the kernel size.
        padding: zeros added at both ends, or a pair (before, after) for each axis,
            fewer than the window has. ``"valid"`` is none, ``"same"`` as many as make
            ceil(size / stride) windows, an odd one after.
        ceil_mode: round the output size up; not with ``"same"``.
        count_include_pad: whether padded zeros count in the divisor.

    Shapes: (c, n) to (c, m).
    """

    spatial = True

    kernel_size: PerAxis = Field(COUNTS[1])
    _: KW_ONLY
    stride: OptionalPerAxis = Field(STRIDES[1], default=None)
    padding: Padding = Field(PADDINGS[1], default=0)
    ceil_mode: Field[bool, bool] = Field(BOOL, default=False)
    count_include_pad: Field[bool, bool] = Field(BOOL, default=True)

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)


@layer
class AvgPool2D(Layer):
    """Mean of each window over (channels, height, width).

    Attributes:
        kernel_size: window, one number or (height, width), as are the next
            two.
        stride: step; None is the kernel size.
        padding: zeros added at both ends, or a pair (before, after) for each axis,
            fewer than the window has. ``"valid"`` is none, ``"same"`` as many as make
            ceil(size / stride) windows, an odd one after.
        ceil_mode: round the output size up; not with ``"same"``.
        count_include_pad: whether padded zeros count in the divisor.

    Shapes: (c, h, w) to (c, h', w').
    """

    spatial = True

    kernel_size: PerAxis = Field(COUNTS[2])
    _: KW_ONLY
    stride: OptionalPerAxis = Field(STRIDES[2], default=None)
    padding: Padding = Field(PADDINGS[2], default=0)
    ceil_mode: Field[bool, bool] = Field(BOOL, default=False)
    count_include_pad: Field[bool, bool] = Field(BOOL, default=True)

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)


@layer
class AvgPool3D(Layer):
    """Mean of each window over (channels, depth, height, width).

    Attributes:
        kernel_size: window, one number or (depth, height, width), as are the
            next two.
        stride: step; None is the kernel size.
        padding: zeros added at both ends, or a pair (before, after) for each axis,
            fewer than the window has. ``"valid"`` is none, ``"same"`` as many as make
            ceil(size / stride) windows, an odd one after.
        ceil_mode: round the output size up; not with ``"same"``.
        count_include_pad: whether padded zeros count in the divisor.

    Shapes: (c, d, h, w) to (c, d', h', w').
    """

    spatial = True

    kernel_size: PerAxis = Field(COUNTS[3])
    _: KW_ONLY
    stride: OptionalPerAxis = Field(STRIDES[3], default=None)
    padding: Padding = Field(PADDINGS[3], default=0)
    ceil_mode: Field[bool, bool] = Field(BOOL, default=False)
    count_include_pad: Field[bool, bool] = Field(BOOL, default=True)

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)


MaxPool = MaxPool1D | MaxPool2D | MaxPool3D
AvgPool = AvgPool1D | AvgPool2D | AvgPool3D
Pool = MaxPool | AvgPool


def pool_stride(pool: Pool) -> Sizes:
    """Return the stride of a pool, which is the kernel size unless given."""
    return pool.kernel_size if pool.stride is None else pool.stride


def pool_padding(pool: Pool, shape: Shape) -> Ends:
    """Return what is added (before, after) each axis of an input of a shape, without
    what ceil_mode adds beyond it.
    """
    return ends_of(pool.padding, shape[1:], pool_spans(pool), pool_stride(pool))


def pool_spans(pool: Pool) -> Sizes:
    """Return the distance from the first to the last position of a window."""
    if isinstance(pool, AvgPool):
        return tuple(taps - 1 for taps in pool.kernel_size)
    sizes = zip(pool.dilation, pool.kernel_size, strict=True)
    return tuple(apart * (taps - 1) for apart, taps in sizes)


def pool_reach(pool: Pool, shape: Shape) -> Ends:
    """Return the padding (before, after) each axis with which all windows, and no
    others, fit: what is given, or more after where ceil_mode adds a window.
    """
    axes = zip(
        shape[1:],
        pool.output_shape(shape)[1:],
        pool_spans(pool),
        pool_stride(pool),
        pool_padding(pool, shape),
        strict=True,
    )
    return tuple(
        (before, max(after, (m - 1) * step + span + 1 - n - before))
        for n, m, span, step, (before, after) in axes
    )


def _output_shape(pool: Pool, shape: Shape) -> Shape:
    rank = len(pool.kernel_size)
    need_rank(shape, rank + 1, AXES[rank])
    if pool.padding == SAME and pool.ceil_mode:
        raise SpecError(
            "padding 'same' makes ceil(size / stride) windows, received ceil_mode True;"
            " leave ceil_mode out"
        )
    ends, spans = pool_padding(pool, shape), pool_spans(pool)
    need_room(tuple(span + 1 for span in spans), padded_sizes(shape[1:], ends))
    need_less(ends, spans)
    axes = zip(shape[1:], spans, pool_stride(pool), ends, strict=True)
    windows = tuple(count_windows(*axis, pool.ceil_mode) for axis in axes)
    if isinstance(pool, MaxPool):
        need_inside(pool.dilation, pool_stride(pool), ends, shape[1:], windows)
    return (shape[0], *windows)
