"""One value for all along some axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY

from netspec.declare import Field
from netspec.declare.rules import AXIS, BOOL, choice, one_or_more
from netspec.layers._base import Layer, layer, resolve_axes
from netspec.layers._facts import Shape

__all__ = ["Reduce"]

OPS = ("mean", "sum", "max", "min", "l2")


@layer
class Reduce(Layer):
    """Mean, sum, largest, smallest value or Euclidean norm along axes.

    Where several values are the largest, or the smallest, the derivative is shared
    evenly; that of the norm is 0 where all values are 0.

    Attributes:
        axes: one or several; they count the batch as 0, which may not be among them.
        op: ``"mean"``, ``"sum"``, ``"max"``, ``"min"`` or ``"l2"``, the root of the
            sum of squares.
        keepdims: keep the axes, with size 1.

    Shapes: (*) to itself without the axes, or with 1 in their place.
    """

    axes: Field[int | Sequence[int], tuple[int, ...]] = Field(
        one_or_more(AXIS, "an axis other than 0, or a list of them")
    )
    _: KW_ONLY
    op: Field[str, str] = Field(choice(*OPS), default="mean")
    keepdims: Field[bool, bool] = Field(BOOL, default=False)

    def output_shape(self, shape: Shape) -> Shape:
        axes = resolve_axes(self.axes, shape)
        if self.keepdims:
            return tuple(1 if i in axes else n for i, n in enumerate(shape))
        return tuple(n for i, n in enumerate(shape) if i not in axes)
