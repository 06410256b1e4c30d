"""Layers that move values without changing them. Shapes are without the batch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY
from typing import TYPE_CHECKING, ClassVar

from netspec.declare import Field, declare
from netspec.declare.rules import COUNT, REAL, SIZE, choice, sequence, where
from netspec.errors import SpecError, shorten
from netspec.layers._base import Layer, layer, need_rank
from netspec.layers._facts import Shape
from netspec.layers._spatial import AXES

__all__ = ["Flatten", "Identity", "Pad1D", "Pad2D", "Pad3D", "Permute", "Reshape"]

Ends = tuple[tuple[int, ...], ...]
MODES = choice("constant", "reflect", "replicate", "circular")
MARGIN = sequence(SIZE, "a pair (before, after)", least=2, most=2)
AXIS_ORDER = where(
    sequence(COUNT, "axes"),
    lambda axes: sorted(axes) == list(range(1, len(axes) + 1)),
    "every axis from 1 on exactly once (axis 0 is the batch and stays)",
)


@layer
class Identity(Layer):
    """``x``.

    Shapes: (*) to itself.
    """

    reads = "any"
    pointwise = True
    unchanged = True

    def output_shape(self, shape: Shape) -> Shape:
        return shape


@layer
class Flatten(Layer):
    """All axes of an example in one. Shapes: (*) to (product,)."""

    reads = "any"
    reshapes = True

    def output_shape(self, shape: Shape) -> Shape:
        return (math.prod(shape),)


@layer
class Reshape(Layer):
    """Values in row-major order under another shape.

    Attributes:
        shape: sizes of one example; their product must be that of the input.

    Shapes: (*) to the shape.
    """

    reads = "any"
    reshapes = True

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

    Shapes: (*) to itself, in another order.
    """

    reads = "any"

    axes: Field[Sequence[int], tuple[int, ...]] = Field(AXIS_ORDER)

    def output_shape(self, shape: Shape) -> Shape:
        need_rank(shape, len(self.axes), f"{len(self.axes)} axes")
        return tuple(shape[axis - 1] for axis in self.axes)


@declare
class Pad(Layer):
    """Base of layers that add values at the ends of all positions."""

    rank: ClassVar[int]
    spatial = True

    if TYPE_CHECKING:  # declared below, behind the padding
        mode: Field[str, str]
        value: Field[float, float]

    @property
    def ends(self) -> Ends:
        """How much is added (before, after) each axis of positions."""
        raise NotImplementedError(f"{type(self).__name__}.ends")

    def output_shape(self, shape: Shape) -> Shape:
        need_rank(shape, self.rank + 1, AXES[self.rank])
        if self.value and self.mode != "constant":
            raise SpecError(f"mode {self.mode} has no value; leave value out")
        sizes = tuple(zip(shape[1:], self.ends, strict=True))
        spare = {"reflect": 1, "circular": 0}.get(self.mode)
        if spare is not None and any(max(e) > n - spare for n, e in sizes):
            most = tuple(n - spare for n, _ in sizes)
            raise SpecError(
                f"mode {self.mode} adds at most {most} to positions {shape[1:]},"
                f" received {shorten(self.ends)}; add less, or pad twice"
            )
        return (shape[0], *(size + sum(ends) for size, ends in sizes))


@layer
class Pad1D(Pad):
    """Values around (channels, length).

    Attributes:
        padding: (left, right).
        mode: ``"constant"``, ``"reflect"`` (the edge is not repeated; less than the
            size), ``"replicate"`` (the edge) or ``"circular"`` (at most the size).
        value: the constant.

    Shapes: (c, n) to (c, m).
    """

    rank = 1

    padding: Field[Sequence[int], tuple[int, ...]] = Field(MARGIN)
    _: KW_ONLY
    mode: Field[str, str] = Field(MODES, default="constant")
    value: Field[float, float] = Field(REAL, default=0.0)

    @property
    def ends(self) -> Ends:
        return (self.padding,)


@layer
class Pad2D(Pad):
    """Values around (channels, height, width).

    Attributes:
        padding: ((top, bottom), (left, right)).
        mode: ``"constant"``, ``"reflect"`` (the edge is not repeated; less than the
            size), ``"replicate"`` (the edge) or ``"circular"`` (at most the size).
        value: the constant.

    Shapes: (c, h, w) to (c, h', w').
    """

    rank = 2

    padding: Field[Sequence[Sequence[int]], Ends] = Field(
        sequence(MARGIN, "((top, bottom), (left, right))", least=2, most=2)
    )
    _: KW_ONLY
    mode: Field[str, str] = Field(MODES, default="constant")
    value: Field[float, float] = Field(REAL, default=0.0)

    @property
    def ends(self) -> Ends:
        return self.padding


@layer
class Pad3D(Pad):
    """Values around (channels, depth, height, width).

    Attributes:
        padding: ((front, back), (top, bottom), (left, right)).
        mode: ``"constant"``, ``"reflect"`` (the edge is not repeated; less than the
            size), ``"replicate"`` (the edge) or ``"circular"`` (at most the size).
        value: the constant.

    Shapes: (c, d, h, w) to (c, d', h', w').
    """

    rank = 3

    padding: Field[Sequence[Sequence[int]], Ends] = Field(
        sequence(MARGIN, "a pair (before, after) for each of 3 axes", least=3, most=3)
    )
    _: KW_ONLY
    mode: Field[str, str] = Field(MODES, default="constant")
    value: Field[float, float] = Field(REAL, default=0.0)

    @property
    def ends(self) -> Ends:
        return self.padding
