"""Smooth or kinked elementwise nonlinearities, and those that join values of an axis.

Shapes: all of them take (*) to (*), but for `GLU`.
"""

from __future__ import annotations

import numpy as np

from netspec.declare import Field, Parameter, declare
from netspec.declare.rules import AXIS, BOOL, NONNEGATIVE, POSITIVE, REAL
from netspec.errors import SpecError
from netspec.layers._base import Layer, Parametric, layer, resolve_axis
from netspec.layers._facts import Array, Shape

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "SELU",
    "LeakyReLU",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "PReLU",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softmin",
    "Softplus",
    "Softsign",
    "Tanh",
]


SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


@declare
class Elementwise(Layer):
    """Base of functions applied to every element."""

    pointwise = True

    def output_shape(self, shape: Shape) -> Shape:
        return shape


@layer
class ReLU(Elementwise):
    """``max(0, x)``; its derivative at 0 is 0."""

    fitting_init = "he"
    flat_at = (0,)


@layer
class ReLU6(Elementwise):
    """``min(max(0, x), 6)``; its derivative at 0 and 6 is 0, but 1 at 6 in Gluon."""

    fitting_init = "he"
    flat_at = (0, 6)


@layer
class LeakyReLU(Elementwise):
    """``x`` for x > 0, else ``slope * x``; its derivative at 0 is the slope.

    Attributes:
        slope: PyTorch's `negative_slope`, Gluon's `alpha`.
    """

    fitting_init = "he"

    slope: Field[float, float] = Field(REAL, default=0.01)


@layer
class PReLU(Parametric):
    """``x`` for x > 0, else ``weight * x`` with a learned weight (He et al., 2015).

    Attributes:
        per_channel: one weight for each channel (axis 1) rather than one in all.

    Shapes: (c, *) to itself; weight (1,) or (c,), starting at 0.25.
    """

    fitting_init = "he"

    per_channel: Field[bool, bool] = Field(BOOL, default=False)

    def output_shape(self, shape: Shape) -> Shape:
        if self.per_channel and not shape:
            raise SpecError("per_channel needs a channel axis, received ()")
        return shape

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        size = shape[:1] if self.per_channel else (1,)
        return {"weight": Parameter(size, ("channels",), "slope")}

    @property
    def layout(self) -> str:
        return "spatial" if self.per_channel else "any"


@layer
class ELU(Elementwise):
    """``x`` for x > 0, else ``alpha * (exp(x) - 1)`` (Clevert et al., 2016).

    Attributes:
        alpha: minus the limit at minus infinity.
    """

    fitting_init = "he"

    alpha: Field[float, float] = Field(NONNEGATIVE, default=1)

    def relative_slope(self, y: Array) -> Array:
        return _exponential_slope(y, 1.0, self.alpha, self.alpha)


@layer
class SELU(Elementwise):
    """``1.0507 * ELU(x, 1.6733)`` (Klambauer et al., 2017)."""

    fitting_init = "LeCunNormal"

    def relative_slope(self, y: Array) -> Array:
        depth = SELU_SCALE * SELU_ALPHA
        return _exponential_slope(y, SELU_SCALE, depth, depth)


@layer
class CELU(Elementwise):
    """``max(0, x) + min(0, alpha * (exp(x / alpha) - 1))`` (Barron, 2017).

    Attributes:
        alpha: minus the limit at minus infinity.
    """

    fitting_init = "he"

    alpha: Field[float, float] = Field(POSITIVE, default=1)

    def relative_slope(self, y: Array) -> Array:
        return _exponential_slope(y, 1.0, self.alpha, 1.0)


@layer
class GELU(Elementwise):
    """``x * Phi(x)``, Phi the normal CDF (Hendrycks and Gimpel, 2016).

    Attributes:
        approximate: Phi by ``(1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2``
            (JAX's default) rather than by erf (PyTorch's and Gluon's).
    """

    fitting_init = "he"

    approximate: Field[bool, bool] = Field(BOOL, default=False)


@layer
class SiLU(Elementwise):
    """``x * sigmoid(beta * x)``; also called swish (Ramachandran et al., 2017).

    Attributes:
        beta: how steep the sigmoid is; Gluon's `beta`, 1 in PyTorch and JAX.
    """

    fitting_init = "he"

    beta: Field[float, float] = Field(POSITIVE, default=1)


@layer
class Mish(Elementwise):
    """``x * tanh(softplus(x))`` (Misra, 2020)."""

    fitting_init = "he"


@layer
class Sigmoid(Elementwise):
    """``1 / (1 + exp(-x))``."""

    steepest = 1 / 4

    def relative_slope(self, y: Array) -> Array:
        return np.asarray(4 * y * (1 - y))


@layer
class LogSigmoid(Elementwise):
    """``log(sigmoid(x)) = -log(1 + exp(-x))``."""

    def relative_slope(self, y: Array) -> Array:
        return np.asarray(-np.expm1(y))


@layer
class Tanh(Elementwise):
    """``tanh(x)``."""

    # without the gain of 5/3, with which gradients grow by 1.1 a layer at width 256
    fitting_init = "glorot"

    def relative_slope(self, y: Array) -> Array:
        return 1 - y * y


@layer
class Softplus(Elementwise):
    """``log(1 + exp(beta * x)) / beta``, without a threshold.

    Attributes:
        beta: how close it is to ReLU; PyTorch's `beta`.
    """

    beta: Field[float, float] = Field(POSITIVE, default=1)

    def relative_slope(self, y: Array) -> Array:
        return np.asarray(-np.expm1(-self.beta * y))


@layer
class Softsign(Elementwise):
    """``x / (1 + |x|)``."""

    fitting_init = "glorot"

    def relative_slope(self, y: Array) -> Array:
        return np.asarray((1 - np.abs(y)) ** 2)


@declare
class AlongAxis(Layer):
    """Base of functions that join the values along an axis.

    Attributes:
        axis: counts the batch as 0, which it may not be.

    Shapes: (*) to itself.
    """

    axis: Field[int, int] = Field(AXIS, default=-1)

    def output_shape(self, shape: Shape) -> Shape:
        resolve_axis(self.axis, shape)
        return shape

    @property
    def layout(self) -> str:
        """Always ``"any"``, because the layer names its axis."""
        return "any"


@layer
class Softmax(AlongAxis):
    """``exp(x) / sum(exp(x))`` along an axis."""


@layer
class LogSoftmax(AlongAxis):
    """``x - log(sum(exp(x)))`` along an axis."""


@layer
class Softmin(AlongAxis):
    """``exp(-x) / sum(exp(-x))`` along an axis."""


@layer
class GLU(AlongAxis):
    """``a * sigmoid(b)``, a and b the two halves along an axis (Dauphin et al., 2017).

    Shapes: (..., 2 n, ...) to (..., n, ...).
    """

    def output_shape(self, shape: Shape) -> Shape:
        index = resolve_axis(self.axis, shape)
        if shape[index] % 2:
            raise SpecError(
                f"axis {self.axis} of {shape} must have an even size, received"
                f" {shape[index]}; {shape[index] + 1} before it gives"
                f" {(shape[index] + 1) // 2} after it"
            )
        return (*shape[:index], shape[index] // 2, *shape[index + 1 :])


def _exponential_slope(y: Array, above: float, depth: float, steepest: float) -> Array:
    """Compute the relative slope of a function that is linear above 0 and tends to
    ``-depth`` exponentially below.
    """
    falling = (1 + y / depth) * steepest if depth else np.zeros_like(y)
    return np.asarray(np.where(y > 0, above, falling) / max(above, steepest))
