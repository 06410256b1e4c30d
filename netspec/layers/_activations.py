"""Elementwise nonlinearities, and the two softmaxes.

Shapes: all of them take (*) to (*).
"""

from __future__ import annotations

from netspec.declare import Field, Parameter, declare
from netspec.declare.rules import AXIS, BOOL, NONNEGATIVE, POSITIVE, REAL
from netspec.errors import SpecError
from netspec.layers._base import Layer, Parametric, Shape, layer, resolve_axis

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "SELU",
    "HardSigmoid",
    "HardSwish",
    "LeakyReLU",
    "LogSoftmax",
    "Mish",
    "PReLU",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Softsign",
    "Tanh",
]


@declare
class Elementwise(Layer):
    """Base of functions applied to every element."""

    def output_shape(self, shape: Shape) -> Shape:
        return shape


@layer
class ReLU(Elementwise):
    """``max(0, x)``; its derivative at 0 is 0."""


@layer
class ReLU6(Elementwise):
    """``min(max(0, x), 6)``."""


@layer
class LeakyReLU(Elementwise):
    """``x`` for x > 0, else ``slope * x``.

    Attributes:
        slope: PyTorch's `negative_slope`, Gluon's `alpha`.
    """

    slope: Field[float, float] = Field(REAL, default=0.01)


@layer
class PReLU(Parametric):
    """``x`` for x > 0, else ``weight * x`` with a learned weight (He et al., 2015).

    Attributes:
        per_channel: one weight for each channel (axis 1) rather than one in all.

    Parameters: weight (1,) or (c,), starting at 0.25.
    """

    per_channel: Field[bool, bool] = Field(BOOL, default=False)

    def output_shape(self, shape: Shape) -> Shape:
        if self.per_channel and not shape:
            raise SpecError("per_channel needs a channel axis, received ()")
        return shape

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        size = shape[:1] if self.per_channel else (1,)
        return {"weight": Parameter(size, ("channels",), "slope")}


@layer
class ELU(Elementwise):
    """``x`` for x > 0, else ``alpha * (exp(x) - 1)`` (Clevert et al., 2016).

    Attributes:
        alpha: minus the limit at minus infinity.
    """

    alpha: Field[float, float] = Field(NONNEGATIVE, default=1)


@layer
class SELU(Elementwise):
    """``1.0507 * ELU(x, 1.6733)`` (Klambauer et al., 2017)."""


@layer
class CELU(Elementwise):
    """``max(0, x) + min(0, alpha * (exp(x / alpha) - 1))`` (Barron, 2017).

    Attributes:
        alpha: minus the limit at minus infinity.
    """

    alpha: Field[float, float] = Field(POSITIVE, default=1)


@layer
class GELU(Elementwise):
    """``x * Phi(x)``, Phi the normal CDF (Hendrycks and Gimpel, 2016).

    Attributes:
        approximate: Phi by ``(1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2``
            (JAX's default) rather than by erf (PyTorch's and Gluon's).
    """

    approximate: Field[bool, bool] = Field(BOOL, default=False)


@layer
class SiLU(Elementwise):
    """``x * sigmoid(x)``; also called swish."""


@layer
class Mish(Elementwise):
    """``x * tanh(softplus(x))`` (Misra, 2020)."""


@layer
class Sigmoid(Elementwise):
    """``1 / (1 + exp(-x))``."""


@layer
class Tanh(Elementwise):
    """``tanh(x)``."""


@layer
class Softplus(Elementwise):
    """``log(1 + exp(x))``, without a threshold."""


@layer
class Softsign(Elementwise):
    """``x / (1 + |x|)``."""


@layer
class HardSigmoid(Elementwise):
    """``ReLU6(x + 3) / 6`` (PyTorch's; Gluon's own has slope 0.2)."""


@layer
class HardSwish(Elementwise):
    """``x * ReLU6(x + 3) / 6`` (Howard et al., 2019)."""


@layer
class Softmax(Layer):
    """``exp(x) / sum(exp(x))`` along an axis.

    Attributes:
        axis: counts the batch as 0, which it may not be.
    """

    axis: Field[int, int] = Field(AXIS, default=-1)

    def output_shape(self, shape: Shape) -> Shape:
        resolve_axis(self.axis, shape)
        return shape


@layer
class LogSoftmax(Layer):
    """``x - log(sum(exp(x)))`` along an axis.

    Attributes:
        axis: counts the batch as 0, which it may not be.
    """

    axis: Field[int, int] = Field(AXIS, default=-1)

    def output_shape(self, shape: Shape) -> Shape:
        resolve_axis(self.axis, shape)
        return shape
