"""Pooling over all positions, channels first."""

from __future__ import annotations

from typing import ClassVar

from netspec.declare import Field, declare
from netspec.declare.rules import BOOL
from netspec.layers._base import Layer, layer, need_rank
from netspec.layers._facts import Shape
from netspec.layers._spatial import AXES

__all__ = [
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
]


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
class GlobalAvgPool3D(GlobalPool):
    """Mean over the positions of (channels, depth, height, width).

    Attributes:
        keepdims: keep the spatial axes with size 1.

    Shapes: (c, d, h, w) to (c,), or (c, 1, 1, 1) with keepdims.
    """

    rank: ClassVar[int] = 3


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


@layer
class GlobalMaxPool3D(GlobalPool):
    """Largest value over the positions of (channels, depth, height, width).

    Attributes:
        keepdims: keep the spatial axes with size 1.

    Shapes: (c, d, h, w) to (c,), or (c, 1, 1, 1) with keepdims.
    """

    rank: ClassVar[int] = 3
