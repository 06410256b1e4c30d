"""Pools that give a size, whatever the size of their input.

Window i of m over n positions begins at floor(i n / m) and ends before
ceil((i + 1) n / m), as in PyTorch: windows overlap where m does not divide n, and hold
one position each, some of them the same, where m is larger than n.
"""

from __future__ import annotations

from netspec.declare import Field
from netspec.layers._base import Layer, layer, need_rank
from netspec.layers._facts import Shape
from netspec.layers._spatial import AXES, COUNTS, PerAxis

__all__ = [
    "AdaptiveAvgPool1D",
    "AdaptiveAvgPool2D",
    "AdaptiveAvgPool3D",
    "AdaptiveMaxPool1D",
    "AdaptiveMaxPool2D",
    "AdaptiveMaxPool3D",
]


@layer
class AdaptiveAvgPool1D(Layer):
    """Mean of each of some windows over (channels, length).

    Size 1 gives what `GlobalAvgPool1D(keepdims=True)` gives; a global pool drops the
    axis unless it is told to keep it.

    Attributes:
        size: number of windows.

    Shapes: (c, n) to (c, m).
    """

    spatial = True

    size: PerAxis = Field(COUNTS[1])

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)


@layer
class AdaptiveAvgPool2D(Layer):
    """Mean of each of some windows over (channels, height, width).

    Size 1 gives what `GlobalAvgPool2D(keepdims=True)` gives; a global pool drops the
    axes unless it is told to keep them.

    Attributes:
        size: number of windows, one number or (height, width).

    Shapes: (c, h, w) to (c, h', w').
    """

    spatial = True

    size: PerAxis = Field(COUNTS[2])

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)


@layer
class AdaptiveAvgPool3D(Layer):
    """Mean of each of some windows over (channels, depth, height, width).

    Attributes:
        size: number of windows, one number or (depth, height, width).

    Shapes: (c, d, h, w) to (c, d', h', w').
    """

    spatial = True

    size: PerAxis = Field(COUNTS[3])

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)


@layer
class AdaptiveMaxPool1D(Layer):
    """Largest value of each of some windows over (channels, length).

    Of equal values the first has the derivative 1, the others 0.

    Attributes:
        size: number of windows.

    Shapes: (c, n) to (c, m).
    """

    spatial = True

    size: PerAxis = Field(COUNTS[1])

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)


@layer
class AdaptiveMaxPool2D(Layer):
    """Largest value of each of some windows over (channels, height, width).

    Of equal values the first, row by row, has the derivative 1, the others 0.

    Attributes:
        size: number of windows, one number or (height, width).

    Shapes: (c, h, w) to (c, h', w').
    """

    spatial = True

    size: PerAxis = Field(COUNTS[2])

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)


@layer
class AdaptiveMaxPool3D(Layer):
    """Largest value of each of some windows over (channels, depth, height, width).

    Of equal values the first, row by row, has the derivative 1, the others 0.

    Attributes:
        size: number of windows, one number or (depth, height, width).

    Shapes: (c, d, h, w) to (c, d', h', w').
    """

    spatial = True

    size: PerAxis = Field(COUNTS[3])

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)


AdaptiveAvgPool = AdaptiveAvgPool1D | AdaptiveAvgPool2D | AdaptiveAvgPool3D
AdaptiveMaxPool = AdaptiveMaxPool1D | AdaptiveMaxPool2D | AdaptiveMaxPool3D


def adaptive_windows(n: int, m: int) -> tuple[tuple[int, int], ...]:
    """Return where each of m windows over n positions begins and where it ends."""
    return tuple((i * n // m, -(-(i + 1) * n // m)) for i in range(m))


def _output_shape(pool: AdaptiveAvgPool | AdaptiveMaxPool, shape: Shape) -> Shape:
    rank = len(pool.size)
    need_rank(shape, rank + 1, AXES[rank])
    return (shape[0], *pool.size)
