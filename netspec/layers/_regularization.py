"""Dropout."""

from __future__ import annotations

from netspec.declare import Field
from netspec.declare.rules import RATE
from netspec.layers._base import Layer, layer
from netspec.layers._facts import Shape

__all__ = ["Dropout"]


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
