"""Layers that move values without changing them. Shapes are without the batch."""

from __future__ import annotations

import math
from collections.abc import Sequence

from netspec.declare import Field
from netspec.declare.rules import COUNT, SIZE, sequence, where
from netspec.errors import SpecError, shorten
from netspec.layers._base import Layer, layer, need_rank
from netspec.layers._facts import Shape
from netspec.layers._spatial import AXES

__all__ = ["Flatten", "Identity", "Pad1D", "Pad2D", "Permute", "Reshape"]

MARGIN = sequence(SIZE, "a pair (before, after)", least=2, most=2)
AXIS_ORDER = where(
    sequence(COUNT, "axes"),
    lambda axes: sorted(axes) == list(range(1, len(axes) + 1)),
    "every axis from 1 on exactly once (axis 0 is the batch and stays)",
)


@layer
class Identity(Layer):
    """``x``."""

    pointwise = True
    unchanged = True

    def output_shape(self, shape: Shape) -> Shape:
        return shape


@layer
class Flatten(Layer):
    """All axes of an example in one. Shapes: (*) to (product,)."""

    def output_shape(self, shape: Shape) -> Shape:
        return (math.prod(shape),)


@layer
class Reshape(Layer):
    """Values in row-major order under another shape.

    Attributes:
        shape: sizes of one example; their product must be that of the input.
    """

    shape: Field[Sequence[int], tuple[int, ...]] = Field(
        sequence(COUNT, "a list of positive integers")
    )

    def output_shape(self, shape: Shape) -> Shape:
        if math.prod(self.shape) != math.prod(shape):
            raise SpecError(
                "shape must hold as many values as the input, received"
                f" {shorten(self.shape)} ({shorten(math.prod(self.shape))}) for"
                f" {shape} ({math.prod(shape)})"
            )
        return self.shape


@layer
class Permute(Layer):
    """Axes in another order.

    Attributes:
        axes: the input axis that each output axis shows; the batch, axis 0, is not
            listed and stays: ``Permute((3, 1, 2))`` makes (h, w, c) into (c, h, w).
    """

    axes: Field[Sequence[int], tuple[int, ...]] = Field(AXIS_ORDER)

    def output_shape(self, shape: Shape) -> Shape:
        need_rank(shape, len(self.axes), f"{len(self.axes)} axes")
        return tuple(shape[axis - 1] for axis in self.axes)


@layer
class Pad1D(Layer):
    """Zeros around (channels, length).

    Attributes:
        padding: (left, right).
    """

    spatial = True

    padding: Field[Sequence[int], tuple[int, ...]] = Field(MARGIN)

    def output_shape(self, shape: Shape) -> Shape:
        need_rank(shape, 2, AXES[1])
        return (shape[0], shape[1] + sum(self.padding))


@layer
class Pad2D(Layer):
    """Zeros around (channels, height, width).

    Attributes:
        padding: ((top, bottom), (left, right)).
    """

    spatial = True

    padding: Field[Sequence[Sequence[int]], tuple[tuple[int, ...], ...]] = Field(
        sequence(MARGIN, "((top, bottom), (left, right))", least=2, most=2)
    )

    def output_shape(self, shape: Shape) -> Shape:
        need_rank(shape, 3, AXES[2])
        sizes = zip(shape[1:], self.padding, strict=True)
        return (shape[0], *(size + sum(margin) for size, margin in sizes))
