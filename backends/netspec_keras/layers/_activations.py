"""Nonlinearities."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_keras._initializers import drawn
from netspec_keras._lowering import Context, Lowering, native, ours, register

NAMES = {
    L.SELU: "selu",
    L.Mish: "mish",
    L.Sigmoid: "sigmoid",
    L.Tanh: "tanh",
    L.LogSigmoid: "log_sigmoid",
    L.Softsign: "softsign",
    L.HardSwish: "hard_silu",
}


def by_name(name: str) -> Lowering:
    """Make the lowering of a layer that is a function of `keras.activations`."""
    return lambda layer, node, ctx: call("keras.layers:Activation", name)


for kind, name in NAMES.items():
    register(by_name(name), kind)


@register
def relu(layer: L.ReLU, node: Placed, ctx: Context) -> Call:
    return call("keras.layers:ReLU")


@register
def relu6(layer: L.ReLU6, node: Placed, ctx: Context) -> Call:
    return call("keras.layers:ReLU", max_value=6.0)


@register
def leaky_relu(layer: L.LeakyReLU, node: Placed, ctx: Context) -> Call:
    return ours("activations:LeakyReLU", layer.slope)


@register
def prelu(layer: L.PReLU, node: Placed, ctx: Context) -> Call:
    (size,) = node.parameters["weight"].shape
    own = drawn(node, {"weight": ("initializer", "zeros")})
    return ours("activations:PReLU", size, **own)


@register
def elu(layer: L.ELU, node: Placed, ctx: Context) -> Call:
    return native("ELU", alpha=layer.alpha)


@register
def celu(layer: L.CELU, node: Placed, ctx: Context) -> Call:
    if layer.alpha == 1:
        return call("keras.layers:Activation", "celu")
    return ours("activations:CELU", layer.alpha)


@register
def gelu(layer: L.GELU, node: Placed, ctx: Context) -> Call:
    if layer.approximate:
        return ours("activations:TanhGELU")
    return call("keras.layers:Activation", "gelu")


@register
def silu(layer: L.SiLU, node: Placed, ctx: Context) -> Call:
    if layer.beta == 1:
        return call("keras.layers:Activation", "silu")
    return ours("activations:Swish", layer.beta)


@register
def softplus(layer: L.Softplus, node: Placed, ctx: Context) -> Call:
    if layer.beta == 1:
        return call("keras.layers:Activation", "softplus")
    return ours("activations:Softplus", layer.beta)


@register
def softmax(layer: L.Softmax, node: Placed, ctx: Context) -> Call:
    return native("Softmax", axis=ctx.axis(node, layer.axis))


@register
def log_softmax(layer: L.LogSoftmax, node: Placed, ctx: Context) -> Call:
    axis = ctx.axis(node, layer.axis)
    if axis == -1:
        return call("keras.layers:Activation", "log_softmax")
    return ours("activations:LogSoftmax", axis=axis)


@register
def softmin(layer: L.Softmin, node: Placed, ctx: Context) -> Call:
    return ours("activations:Softmin", axis=ctx.axis(node, layer.axis))


@register
def glu(layer: L.GLU, node: Placed, ctx: Context) -> Call:
    return ours("activations:GLU", axis=ctx.axis(node, layer.axis))


@register
def identity(layer: L.Identity, node: Placed, ctx: Context) -> Call:
    return call("keras.layers:Identity")


@register
def hard_sigmoid(layer: L.HardSigmoid, node: Placed, ctx: Context) -> Call:
    slope, offset = layer.slope, layer.offset
    if (slope, offset) == (1 / 6, 0.5):
        return call("keras.layers:Activation", "hard_sigmoid")
    return ours("activations:LimitedLine", slope, offset)


@register
def hard_tanh(layer: L.HardTanh, node: Placed, ctx: Context) -> Call:
    return ours("activations:HardTanh", layer.low, layer.high)


@register
def soft_shrink(layer: L.SoftShrink, node: Placed, ctx: Context) -> Call:
    return ours("activations:SoftShrink", layer.lambd)


@register
def hard_shrink(layer: L.HardShrink, node: Placed, ctx: Context) -> Call:
    return ours("activations:HardShrink", layer.lambd)


@register
def tanh_shrink(layer: L.TanhShrink, node: Placed, ctx: Context) -> Call:
    return call("keras.layers:Activation", "tanh_shrink")


@register
def threshold(layer: L.Threshold, node: Placed, ctx: Context) -> Call:
    return ours("activations:Threshold", layer.threshold, layer.value)
