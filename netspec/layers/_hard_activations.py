"""Elementwise functions of straight pieces, with limits or thresholds, and their kin.

Shapes: all of them take (*) to (*).
"""

from __future__ import annotations

import math
from dataclasses import KW_ONLY

from netspec.declare import Field
from netspec.declare.rules import NONNEGATIVE, POSITIVE, REAL
from netspec.errors import SpecError
from netspec.layers._activations import Elementwise
from netspec.layers._base import layer
from netspec.layers._facts import Shape

__all__ = [
    "HardShrink",
    "HardSigmoid",
    "HardSwish",
    "HardTanh",
    "SoftShrink",
    "TanhShrink",
    "Threshold",
]


@layer
class HardSigmoid(Elementwise):
    """``min(max(0, slope * x + offset), 1)``, by default ``ReLU6(x + 3) / 6``; its
    derivative at both corners is 0.

    Attributes:
        slope: 1/6 in PyTorch and JAX, 0.2 in Gluon, Keras 2 and ONNX.
        offset: its value at 0.
    """

    flat_at = (0, 1)

    slope: Field[float, float] = Field(POSITIVE, default=1 / 6)
    _: KW_ONLY
    offset: Field[float, float] = Field(REAL, default=0.5)

    @property
    def steepest(self) -> float:  # type: ignore[override]
        """The slope itself."""
        return self.slope

    @property
    def corners(self) -> tuple[float, float]:
        """The inputs at which it reaches 0 and 1."""
        return -self.offset / self.slope, (1 - self.offset) / self.slope

    def output_shape(self, shape: Shape) -> Shape:
        if not all(map(math.isfinite, self.corners)):
            raise SpecError(
                f"slope {self.slope:g} is too small for offset {self.offset:g}: it"
                " reaches 0 or 1 at no finite input"
            )
        return shape


@layer
class HardSwish(Elementwise):
    """``x * ReLU6(x + 3) / 6`` (Howard et al., 2019); its derivative is 0 at -3, and 1
    at 3, but 3/2 in Gluon.
    """


@layer
class HardTanh(Elementwise):
    """``min(max(low, x), high)``; its derivative at a bound is 0.

    Attributes:
        low: lower bound; PyTorch's `min_val`.
        high: upper bound, above the lower; PyTorch's `max_val`.
    """

    low: Field[float, float] = Field(REAL, default=-1)
    high: Field[float, float] = Field(REAL, default=1)

    @property
    def flat_at(self) -> tuple[float, ...]:  # type: ignore[override]
        """The bounds."""
        return self.low, self.high

    def output_shape(self, shape: Shape) -> Shape:
        if self.low >= self.high:
            remedy = (
                f"low={self.high:g}, high={self.low:g}"
                if self.low > self.high
                else f"high={self.low + 1:g}"
            )
            raise SpecError(
                f"high must be above low, received low={self.low:g} and"
                f" high={self.high:g}; give {remedy}"
            )
        return shape


@layer
class SoftShrink(Elementwise):
    """``x - lambd`` for x > lambd, ``x + lambd`` for x < -lambd, else 0; its derivative
    at both is 0.

    Attributes:
        lambd: half the width of the middle.
    """

    flat_at = (0,)

    lambd: Field[float, float] = Field(NONNEGATIVE, default=0.5)


@layer
class HardShrink(Elementwise):
    """``x`` for ``|x| > lambd``, else 0; it jumps at ``-lambd`` and ``lambd``, where
    value and derivative are 0.

    Attributes:
        lambd: half the width of the middle.
    """

    flat_at = (0,)

    lambd: Field[float, float] = Field(NONNEGATIVE, default=0.5)


@layer
class TanhShrink(Elementwise):
    """``x - tanh(x)``."""


@layer
class Threshold(Elementwise):
    """``x`` for x > threshold, else ``value``; its derivative at the threshold is 0.

    Attributes:
        threshold: the largest input that is replaced.
        value: what replaces it.
    """

    threshold: Field[float, float] = Field(REAL)
    value: Field[float, float] = Field(REAL)

    @property
    def flat_at(self) -> tuple[float, ...]:  # type: ignore[override]
        """The value."""
        return (self.value,)
