"""Normalization by the channels that lie near."""

from __future__ import annotations

from dataclasses import KW_ONLY

from netspec.declare import Field
from netspec.declare.rules import COUNT, POSITIVE
from netspec.errors import SpecError
from netspec.layers._base import Layer, layer
from netspec.layers._facts import Shape

__all__ = ["LocalResponseNorm"]


@layer
class LocalResponseNorm(Layer):
    """``x / (k + alpha / size * s)^beta``, s the sum of the squares of `size` channels
    around each (Krizhevsky et al., 2012, whose alpha is not divided by the size).

    Attributes:
        size: number of channels: ``size // 2`` before, its own, and what is left after.
            Those beyond the ends count as 0.
        alpha: weight of their mean square.
        beta: exponent.
        k: what is added, so that no zeros divide.

    Shapes: (channels, *positions) to the same, with one axis of positions or more.
    """

    spatial = True

    size: Field[int, int] = Field(COUNT)
    _: KW_ONLY
    alpha: Field[float, float] = Field(POSITIVE, default=1e-4)
    beta: Field[float, float] = Field(POSITIVE, default=0.75)
    k: Field[float, float] = Field(POSITIVE, default=1.0)

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) < 2:
            raise SpecError(
                "needs inputs of shape (channels, *positions), with a position,"
                f" received {shape}; put a Reshape to {(*shape, 1)} before it"
                if shape
                else "needs inputs of shape (channels, *positions), received ()"
            )
        return shape
