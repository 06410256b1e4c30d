"""Layers that change places of values. Shapes are without the batch."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.declare import Field
from netspec.declare.rules import AXIS, COUNT, INTEGER, one_or_more
from netspec.errors import SpecError
from netspec.layers._base import Layer, layer, need_rank, resolve_axes
from netspec.layers._facts import Shape
from netspec.layers._spatial import AXES

__all__ = ["ChannelShuffle", "PixelShuffle", "PixelUnshuffle", "Roll"]


@layer
class PixelShuffle(Layer):
    """Channels moved into height and width (Shi et al., 2016).

    Value (c, h r + i, w r + j) is that of channel c r^2 + i r + j at (h, w), as in
    PyTorch, and in ONNX with mode CRD.

    Attributes:
        factor: r, by which height and width grow.

    Shapes: (c r^2, h, w) to (c, h r, w r).
    """

    spatial = True

    factor: Field[int, int] = Field(COUNT)

    def output_shape(self, shape: Shape) -> Shape:
        need_rank(shape, 3, AXES[2])
        channels, height, width = shape
        if channels % self.factor**2:
            raise SpecError(
                f"factor {self.factor} takes a multiple of {self.factor**2} channels,"
                f" received {channels}; change the layers before it"
            )
        sizes = height * self.factor, width * self.factor
        return (channels // self.factor**2, *sizes)


@layer
class PixelUnshuffle(Layer):
    """Height and width moved into channels: the inverse of `PixelShuffle`.

    Attributes:
        factor: r, by which height and width shrink.

    Shapes: (c, h r, w r) to (c r^2, h, w).
    """

    spatial = True

    factor: Field[int, int] = Field(COUNT)

    def output_shape(self, shape: Shape) -> Shape:
        need_rank(shape, 3, AXES[2])
        channels, height, width = shape
        if height % self.factor or width % self.factor:
            raise SpecError(
                f"factor {self.factor} must divide height and width, received"
                f" {height} and {width}; crop or pad before it"
            )
        sizes = height // self.factor, width // self.factor
        return (channels * self.factor**2, *sizes)


@layer
class ChannelShuffle(Layer):
    """Channels dealt out to groups (Zhang et al., 2018).

    Of n channels, output i g + k is input k (n / g) + i.

    Attributes:
        groups: g, which divides the channels.

    Shapes: (channels, *) to the same.
    """

    spatial = True

    groups: Field[int, int] = Field(COUNT)

    def output_shape(self, shape: Shape) -> Shape:
        if not shape or shape[0] % self.groups:
            raise SpecError(
                f"groups {self.groups} must divide the channels of the input, received"
                f" shape {shape}"
            )
        return shape


@layer
class Roll(Layer):
    """Values moved along axes; what leaves at one end comes in at the other.

    Attributes:
        axes: one or several; they count the batch as 0, which may not be among them.
        shifts: by how many places for each axis; a negative one moves backward.

    Shapes: (*) to itself.
    """

    axes: Field[int | Sequence[int], tuple[int, ...]] = Field(
        one_or_more(AXIS, "an axis other than 0, or a list of them")
    )
    shifts: Field[int | Sequence[int], tuple[int, ...]] = Field(
        one_or_more(INTEGER, "an integer, or a list of them")
    )

    def output_shape(self, shape: Shape) -> Shape:
        resolve_axes(self.axes, shape)
        if len(self.shifts) != len(self.axes):
            raise SpecError(
                f"shifts must be as many as axes, received {len(self.shifts)} for"
                f" {len(self.axes)}"
            )
        return shape
