"""Nonlinearities. What an operator holds in float32, and no field of the layer stands
for, is written out in float64.
"""

from __future__ import annotations

import math

from netspec import layers as L
from netspec.spec import Placed
from netspec_onnx._lowering import Lowering, register
from netspec_onnx._writer import Writer
from netspec_onnx.layers._normalization import per_channel

PLAIN = {
    L.ReLU: "Relu",
    L.Mish: "Mish",
    L.Sigmoid: "Sigmoid",
    L.Tanh: "Tanh",
    L.Softsign: "Softsign",
}
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805


def plain(operator: str) -> Lowering:
    """Make the lowering of a layer without options."""
    return lambda layer, node, x, to: to.op(operator, x)


for _kind, _operator in PLAIN.items():
    register(plain(_operator), _kind)


@register
def identity(layer: L.Identity, node: Placed, x: str, to: Writer) -> str:
    return x


def copied(x: str, to: Writer) -> str:
    """Give a value a second name."""
    return to.op("Identity", x)


@register
def leaky_relu(layer: L.LeakyReLU, node: Placed, x: str, to: Writer) -> str:
    return to.op("LeakyRelu", x, alpha=layer.slope)


@register
def prelu(layer: L.PReLU, node: Placed, x: str, to: Writer) -> str:
    slope = to.param(node, "weight")
    return to.op(
        "PRelu", x, per_channel(slope, node, to) if layer.per_channel else slope
    )


@register
def elu(layer: L.ELU, node: Placed, x: str, to: Writer) -> str:
    return to.op("Elu", x, alpha=layer.alpha)


@register
def selu(layer: L.SELU, node: Placed, x: str, to: Writer) -> str:
    if not to.double:
        return to.op("Selu", x, alpha=SELU_ALPHA, gamma=SELU_SCALE)
    return _exponential(x, SELU_ALPHA * SELU_SCALE, 1.0, SELU_SCALE, to)


@register
def celu(layer: L.CELU, node: Placed, x: str, to: Writer) -> str:
    if not to.double:  # there is no other
        return to.op("Celu", x, alpha=layer.alpha)
    return _exponential(x, layer.alpha, 1 / layer.alpha, 1.0, to)


def _exponential(x: str, height: float, rate: float, slope: float, to: Writer) -> str:
    """Write ``slope * x`` above 0, ``height * (exp(rate * x) - 1)`` below."""
    below = to.op("Min", x, to.numbers(0.0))
    below = _times(below, rate, to)
    below = to.op("Sub", to.op("Exp", below), to.numbers(1.0))
    above = to.op("Greater", x, to.numbers(0.0))
    return to.op("Where", above, _times(x, slope, to), _times(below, height, to))


def _times(x: str, factor: float, to: Writer) -> str:
    return x if factor == 1 else to.op("Mul", x, to.numbers(factor))


@register
def gelu(layer: L.GELU, node: Placed, x: str, to: Writer) -> str:
    if not to.double:
        return to.op("Gelu", x, approximate="tanh" if layer.approximate else "none")
    if layer.approximate:
        cube = to.op("Mul", to.op("Mul", x, x), x)
        inner = to.op("Add", x, _times(cube, 0.044715, to))
        bend = to.op("Tanh", _times(inner, math.sqrt(2 / math.pi), to))
    else:
        bend = to.op("Erf", to.op("Div", x, to.numbers(math.sqrt(2))))
    share = to.op("Add", bend, to.numbers(1.0))
    return _times(to.op("Mul", x, share), 0.5, to)


@register
def silu(layer: L.SiLU, node: Placed, x: str, to: Writer) -> str:
    return to.op("Mul", x, to.op("Sigmoid", _times(x, layer.beta, to)))


@register
def softplus(layer: L.Softplus, node: Placed, x: str, to: Writer) -> str:
    y = to.op("Softplus", _times(x, layer.beta, to))
    return y if layer.beta == 1 else to.op("Div", y, to.numbers(layer.beta))


@register
def log_sigmoid(layer: L.LogSigmoid, node: Placed, x: str, to: Writer) -> str:
    return to.op("Neg", to.op("Softplus", to.op("Neg", x)))


@register
def softmax(layer: L.Softmax, node: Placed, x: str, to: Writer) -> str:
    return to.op("Softmax", x, axis=layer.axis)


@register
def log_softmax(layer: L.LogSoftmax, node: Placed, x: str, to: Writer) -> str:
    return to.op("LogSoftmax", x, axis=layer.axis)


@register
def softmin(layer: L.Softmin, node: Placed, x: str, to: Writer) -> str:
    return to.op("Softmax", to.op("Neg", x), axis=layer.axis)


@register
def glu(layer: L.GLU, node: Placed, x: str, to: Writer) -> str:
    value, gate = to.ops("Split", x, outputs=2, axis=layer.axis, num_outputs=2)
    return to.op("Mul", value, to.op("Sigmoid", gate))
