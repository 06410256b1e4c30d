"""Activations. Where they have a kink the derivative is that of its left side."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

import math
from typing import Any

import mxnet as mx
from mxnet.gluon import nn


class ReLU6(nn.HybridBlock):
    """``min(max(0, x), 6)``; unlike that of a clip, its derivative at 0 is 0."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.minimum(F.relu(x), 6)


class LeakyReLU(nn.HybridBlock):
    """LeakyReLU exact in float64, where `nn.LeakyReLU` computes in float32."""

    def __init__(self, slope: float) -> None:
        super().__init__()
        self.slope = slope

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.where(x > 0, x, self.slope * x)


class PReLU(nn.HybridBlock):
    """PReLU exact in float64, where `nn.PReLU` computes in float32; `shape` of the
    slopes, (1,) or (channels, 1, ...), lets them broadcast.
    """

    def __init__(self, *shape: int) -> None:
        super().__init__()
        start = mx.init.Constant(0.25)
        self.alpha = self.params.get("alpha", shape=shape, init=start)

    def hybrid_forward(self, F: Any, x: Any, alpha: Any) -> Any:
        return F.where(x > 0, x, F.broadcast_mul(x, alpha))


class ELU(nn.HybridBlock):
    """ELU exact in float64, where `nn.ELU` rounds alpha to float32."""

    def __init__(self, alpha: float) -> None:
        super().__init__()
        self.alpha = alpha

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.relu(x) + self.alpha * F.expm1(F.minimum(x, 0))


class CELU(nn.HybridBlock):
    """``max(0, x) + min(0, alpha * (exp(x / alpha) - 1))``."""

    def __init__(self, alpha: float) -> None:
        super().__init__()
        self.alpha = alpha

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.relu(x) + self.alpha * F.expm1(F.minimum(x, 0) / self.alpha)


class SELU(nn.HybridBlock):
    """SELU; the gradient of `nn.SELU` is wrong for x < 0."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        negative = 1.6732632423543772 * F.expm1(F.minimum(x, 0))
        return 1.0507009873554805 * (F.relu(x) + negative)


def with_derivative(F: Any, x: Any, y: Any, slope: Any) -> Any:
    """The value of y, with a given derivative with respect to x."""
    return F.BlockGrad(y) + (x - F.BlockGrad(x)) * F.BlockGrad(slope)


class GELU(nn.HybridBlock):
    """GELU exact in float64, where `nn.GELU` has float32 constants, and so has the
    gradient of erf.
    """

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        share = (1 + F.erf(x / math.sqrt(2))) / 2
        density = F.exp(-F.square(x) / 2) / math.sqrt(2 * math.pi)
        return with_derivative(F, x, x * share, share + x * density)


class TanhGELU(nn.HybridBlock):
    """GELU by its approximation with tanh."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)
        return x * (1 + F.tanh(inner)) / 2


class Mish(nn.HybridBlock):
    """``x * tanh(softplus(x))``, as ``x * n / (n + 2)`` with ``n = e^x (e^x + 2)``."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        power = F.exp(F.minimum(x, 20))  # beyond, the tangent is 1
        n = power * (power + 2)
        return x * (n / (n + 2))


class Softplus(nn.HybridBlock):
    """Softplus exact everywhere: "softrelu" is x above 20 in float64, and below -15 it
    is off by 2e-6 in float32.
    """

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        positive = F.relu(x)
        return positive + F.log1p(F.exp(F.minimum(x, 0) - positive))


class HardSigmoid(nn.HybridBlock):
    """``ReLU6(x + 3) / 6``."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        # An alpha of 1 / 6 would be that of float32 in float64, too
        return F.hard_sigmoid(x / 6, alpha=1, beta=0.5)


class HardSwish(nn.HybridBlock):
    """``x * ReLU6(x + 3) / 6``."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return x * F.hard_sigmoid(x / 6, alpha=1, beta=0.5)


class Softmax(nn.HybridBlock):
    """``exp(x) / sum(exp(x))`` along an axis that counts the batch as 0."""

    def __init__(self, axis: int) -> None:
        super().__init__()
        self.axis = axis

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        # Along the last axis oneDNN's softmax crashes behind a convolution
        return F.squeeze(F.softmax(F.expand_dims(x, -1), axis=self.axis), -1)


class LogSoftmax(nn.HybridBlock):
    """``x - log(sum(exp(x)))`` along an axis that counts the batch as 0."""

    def __init__(self, axis: int) -> None:
        super().__init__()
        self.axis = axis

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        # Along the last axis oneDNN's log_softmax has an error of 4e-6
        return F.squeeze(F.log_softmax(F.expand_dims(x, -1), axis=self.axis), -1)


class Softmin(Softmax):
    """``exp(-x) / sum(exp(-x))`` along an axis that counts the batch as 0."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return super().hybrid_forward(F, -x)


class GLU(nn.HybridBlock):
    """``a * sigmoid(b)``, a and b the halves along an axis that counts the batch."""

    def __init__(self, axis: int) -> None:
        super().__init__()
        self.axis = axis

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        a, b = F.split(x, num_outputs=2, axis=self.axis)
        return a * F.sigmoid(b)


class SharpSoftplus(nn.HybridBlock):
    """``softplus(beta * x) / beta``, exact everywhere as `Softplus` is."""

    def __init__(self, beta: float) -> None:
        super().__init__()
        self.beta = beta

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        positive = F.relu(x)
        nearest = self.beta * (F.minimum(x, 0) - positive)
        return positive + F.log1p(F.exp(nearest)) / self.beta


class LogSigmoid(nn.HybridBlock):
    """``-log(1 + exp(-x))``, exact everywhere."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        negative = F.minimum(x, 0)
        return negative - F.log1p(F.exp(negative - F.relu(x)))


class TanhShrink(nn.HybridBlock):
    """``x - tanh(x)``."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return x - F.tanh(x)


class HardTanh(nn.HybridBlock):
    """``min(max(low, x), high)``; unlike a clip's, its derivative at a bound is 0."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__()
        self.low = low
        self.high = high

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        ones = F.ones_like(x)
        below = F.where(x >= self.high, self.high * ones, x)
        return F.where(x <= self.low, self.low * ones, below)


class LimitedLine(HardTanh):
    """``slope * x + offset`` within 0 and 1: the hard sigmoid with any slope."""

    def __init__(self, slope: float, offset: float) -> None:
        super().__init__(0, 1)
        self.slope = slope
        self.offset = offset

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return super().hybrid_forward(F, self.slope * x + self.offset)


class SoftShrink(nn.HybridBlock):
    """``x`` moved by `lambd` towards 0, but not beyond."""

    def __init__(self, lambd: float) -> None:
        super().__init__()
        self.lambd = lambd

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.relu(x - self.lambd) - F.relu(-x - self.lambd)


class HardShrink(nn.HybridBlock):
    """``x`` for ``|x| > lambd``, else 0."""

    def __init__(self, lambd: float) -> None:
        super().__init__()
        self.lambd = lambd

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.where(F.abs(x) <= self.lambd, F.zeros_like(x), x)


class Threshold(nn.HybridBlock):
    """``x`` for x > threshold, else `value`."""

    def __init__(self, threshold: float, value: float) -> None:
        super().__init__()
        self.threshold = threshold
        self.value = value

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.where(x <= self.threshold, self.value * F.ones_like(x), x)
