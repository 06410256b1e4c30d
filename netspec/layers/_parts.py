"""Layers that keep a part of the values. Shapes are without the batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY
from typing import Any, ClassVar

from netspec.declare import Field, declare
from netspec.declare.rules import (
    AXIS,
    COUNT,
    INTEGER,
    SIZE,
    Rule,
    optional,
    sequence,
)
from netspec.errors import SpecError
from netspec.layers._base import Layer, layer, need_rank, resolve_axis
from netspec.layers._facts import Shape
from netspec.layers._spatial import AXES

__all__ = ["Crop1D", "Crop2D", "Crop3D", "Select", "Slice"]

PAIR = sequence(SIZE, "a pair (before, after)", least=2, most=2)
Ends = tuple[tuple[int, ...], ...]


def pairs(rank: int) -> Rule[Any, Ends]:
    """Accept a pair for each of `rank` axes."""
    must = f"a list of {rank} pairs (before, after), one for each axis"
    return sequence(PAIR, must, least=rank, most=rank)


@layer
class Slice(Layer):
    """Every `step`-th value along one axis, from `start` to before `stop`.

    As in Python, but that nothing may be out of range, and nothing empty.

    Attributes:
        axis: counts the batch as 0, which it may not be.
        start: index of the first value; a negative one counts from the end.
        stop: index behind the last one, or nothing for the end.
        step: from value to value.

    Shapes: (*) to itself, but for the size of the axis.
    """

    reads = "any"

    axis: Field[int, int] = Field(AXIS)
    _: KW_ONLY
    start: Field[int, int] = Field(INTEGER, default=0)
    stop: Field[int | None, int | None] = Field(optional(INTEGER), default=None)
    step: Field[int, int] = Field(COUNT, default=1)

    @property
    def layout(self) -> str:
        """Any: its axis is found in each."""
        return "any"

    def output_shape(self, shape: Shape) -> Shape:
        axis = resolve_axis(self.axis, shape)
        size = shape[axis]
        stop = size if self.stop is None else self.stop
        for name, end in (("start", self.start), ("stop", stop)):
            if not -size <= end <= size:
                raise SpecError(
                    f"{name} {end} is out of range on axis {self.axis} of size {size};"
                    f" give {-size} to {size}"
                )
        first, last = (end + size if end < 0 else end for end in (self.start, stop))
        if first >= last:
            raise SpecError(
                f"nothing is left of axis {self.axis} of size {size} between start"
                f" {self.start} and stop {stop}; make stop larger than start"
            )
        return (*shape[:axis], -(-(last - first) // self.step), *shape[axis + 1 :])


@layer
class Select(Layer):
    """The values at one index of an axis, which goes.

    Attributes:
        axis: counts the batch as 0, which it may not be.
        index: a negative one counts from the end.

    Shapes: (*) to itself without the axis.
    """

    reads = "any"

    axis: Field[int, int] = Field(AXIS)
    index: Field[int, int] = Field(INTEGER)

    def output_shape(self, shape: Shape) -> Shape:
        axis = resolve_axis(self.axis, shape)
        size = shape[axis]
        if not -size <= self.index < size:
            raise SpecError(
                f"index {self.index} is out of range on axis {self.axis} of size"
                f" {size}; give {-size} to {size - 1}"
            )
        return (*shape[:axis], *shape[axis + 1 :])


@declare
class Crop(Layer):
    """Base of layers that cut off the ends of all positions."""

    rank: ClassVar[int]
    spatial = True

    @property
    def ends(self) -> Ends:
        """How much is cut off (before, after) each axis of positions."""
        raise NotImplementedError(f"{type(self).__name__}.ends")

    def output_shape(self, shape: Shape) -> Shape:
        need_rank(shape, self.rank + 1, AXES[self.rank])
        sizes = zip(shape[1:], self.ends, strict=True)
        left = tuple(size - sum(ends) for size, ends in sizes)
        if min(left) < 1:
            raise SpecError(
                f"cropping leaves nothing of positions {shape[1:]}: it gives {left};"
                " cut off less"
            )
        return (shape[0], *left)


@layer
class Crop1D(Crop):
    """(channels, length) without its ends.

    Attributes:
        cropping: (left, right).

    Shapes: (c, n) to (c, m).
    """

    rank = 1

    cropping: Field[Sequence[int], tuple[int, ...]] = Field(PAIR)

    @property
    def ends(self) -> Ends:
        return (self.cropping,)


@layer
class Crop2D(Crop):
    """(channels, height, width) without its margins.

    Attributes:
        cropping: ((top, bottom), (left, right)).

    Shapes: (c, h, w) to (c, h', w').
    """

    rank = 2

    cropping: Field[Sequence[Sequence[int]], Ends] = Field(pairs(2))

    @property
    def ends(self) -> Ends:
        return self.cropping


@layer
class Crop3D(Crop):
    """(channels, depth, height, width) without its margins.

    Attributes:
        cropping: ((front, back), (top, bottom), (left, right)).

    Shapes: (c, d, h, w) to (c, d', h', w').
    """

    rank = 3

    cropping: Field[Sequence[Sequence[int]], Ends] = Field(pairs(3))

    @property
    def ends(self) -> Ends:
        return self.cropping
