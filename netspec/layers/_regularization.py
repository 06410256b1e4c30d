"""Dropout of values, of channels, of examples."""

from __future__ import annotations

from netspec.declare import Field
from netspec.declare.rules import RATE
from netspec.errors import SpecError
from netspec.layers._base import Layer, layer
from netspec.layers._facts import Shape

__all__ = ["ChannelDropout", "Dropout", "StochasticDepth"]


@layer
class Dropout(Layer):
    """Training zeroes each value with probability `rate` and divides the others by
    ``1 - rate``; evaluation changes nothing (Srivastava et al., 2014; inverted).

    Attributes:
        rate: probability of **zeroing**, 0 <= rate < 1.
    """

    pointwise = True
    random = True

    rate: Field[float, float] = Field(RATE, default=0.5)

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    @property
    def zeroing_rate(self) -> float:
        return self.rate


@layer
class StochasticDepth(Layer):
    """Training zeroes each example, whole and by itself, with probability `rate` and
    divides the others by ``1 - rate``; evaluation changes nothing (Huang et al., 2016;
    inverted). It stands last in the body of a Residual.

    Attributes:
        rate: probability of **zeroing**, 0 <= rate < 1.
    """

    pointwise = True
    random = True
    mask_axes = 1

    rate: Field[float, float] = Field(RATE)

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    @property
    def zeroing_rate(self) -> float:
        return self.rate


@layer
class ChannelDropout(Layer):
    """Training zeroes each channel of an example (axis 1), whole and by itself, with
    probability `rate` and divides the others by ``1 - rate``; evaluation changes
    nothing (Tompson et al., 2015; inverted).

    Attributes:
        rate: probability of **zeroing**, 0 <= rate < 1.

    Shapes: (c, *positions) to itself, with 1 to 3 axes of positions.
    """

    pointwise = True
    random = True
    mask_axes = 2

    rate: Field[float, float] = Field(RATE)

    def output_shape(self, shape: Shape) -> Shape:
        if not 2 <= len(shape) <= 4:
            other = "; use Dropout, for values that are channels" * (len(shape) == 1)
            raise SpecError(
                "drops channels with all their positions, and needs inputs of shape"
                f" (channels, positions, ...) with 2 to 4 axes, received {shape}{other}"
            )
        return shape

    @property
    def zeroing_rate(self) -> float:
        return self.rate
