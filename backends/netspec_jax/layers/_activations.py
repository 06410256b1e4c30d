"""Nonlinearities."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, Name
from netspec.spec import Placed
from netspec_jax._initializers import drawn
from netspec_jax._lowering import Context, Lowering, elementwise, made, ours, register

PLAIN = {
    L.ReLU: "jax.nn:relu",
    L.ReLU6: "jax.nn:relu6",
    L.SELU: "jax.nn:selu",
    L.Mish: "jax.nn:mish",
    L.Sigmoid: "jax.nn:sigmoid",
    L.Tanh: "jax.numpy:tanh",
    L.LogSigmoid: "jax.nn:log_sigmoid",
    L.Softsign: "jax.nn:soft_sign",
    L.HardSwish: "jax.nn:hard_swish",
}


def plain(target: str) -> Lowering:
    """Make the lowering of a layer without options."""
    return lambda layer, node, ctx: elementwise(Name(target))


for kind, target in PLAIN.items():
    register(plain(target), kind)


@register
def leaky_relu(layer: L.LeakyReLU, node: Placed, ctx: Context) -> Call:
    return elementwise(ours("activations:leaky_relu"), negative_slope=layer.slope)


@register
def elu(layer: L.ELU, node: Placed, ctx: Context) -> Call:
    return elementwise(Name("jax.nn:elu"), alpha=layer.alpha)


@register
def celu(layer: L.CELU, node: Placed, ctx: Context) -> Call:
    return elementwise(Name("jax.nn:celu"), alpha=layer.alpha)


@register
def gelu(layer: L.GELU, node: Placed, ctx: Context) -> Call:
    return elementwise(Name("jax.nn:gelu"), approximate=layer.approximate)


@register
def silu(layer: L.SiLU, node: Placed, ctx: Context) -> Call:
    if layer.beta == 1:
        return elementwise(Name("jax.nn:silu"))
    return elementwise(ours("activations:swish"), beta=layer.beta)


@register
def softplus(layer: L.Softplus, node: Placed, ctx: Context) -> Call:
    if layer.beta == 1:
        return elementwise(Name("jax.nn:softplus"))
    return elementwise(ours("activations:softplus"), beta=layer.beta)


@register
def softmax(layer: L.Softmax, node: Placed, ctx: Context) -> Call:
    return elementwise(Name("jax.nn:softmax"), axis=ctx.axis(node, layer.axis))


@register
def log_softmax(layer: L.LogSoftmax, node: Placed, ctx: Context) -> Call:
    return elementwise(Name("jax.nn:log_softmax"), axis=ctx.axis(node, layer.axis))


@register
def softmin(layer: L.Softmin, node: Placed, ctx: Context) -> Call:
    axis = ctx.axis(node, layer.axis)
    return elementwise(ours("activations:softmin"), axis=axis)


@register
def glu(layer: L.GLU, node: Placed, ctx: Context) -> Call:
    return elementwise(Name("jax.nn:glu"), axis=ctx.axis(node, layer.axis))


@register
def prelu(layer: L.PReLU, node: Placed, ctx: Context) -> Call:
    (size,) = node.parameters["weight"].shape
    return made("activations:prelu", size, **drawn(node, {"weight": None}))
