"""Nonlinearities."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Name
from netspec.spec import Placed
from netspec_flax._initializers import SLOPE, drawn
from netspec_flax._lowering import (
    Context,
    LayerCall,
    Lowering,
    function,
    our_module,
    register,
)

JAX = "netspec_jax.support.activations"

PLAIN = {
    L.ReLU: "flax.nnx:relu",
    L.ReLU6: "flax.nnx:relu6",
    L.SELU: "flax.nnx:selu",
    L.Mish: "jax.nn:mish",
    L.Sigmoid: "flax.nnx:sigmoid",
    L.Tanh: "flax.nnx:tanh",
    L.LogSigmoid: "flax.nnx:log_sigmoid",
    L.Softsign: "flax.nnx:soft_sign",
    L.HardSwish: "flax.nnx:hard_swish",
}


def plain(target: str) -> Lowering:
    """Make the lowering of a layer without options."""
    return lambda layer, node, ctx: Name(target)


for kind, target in PLAIN.items():
    register(plain(target), kind)


@register
def leaky_relu(layer: L.LeakyReLU, node: Placed, ctx: Context) -> LayerCall:
    # the derivative of nnx.leaky_relu at 0 is 1
    return function(f"{JAX}:leaky_relu", negative_slope=layer.slope)


@register
def elu(layer: L.ELU, node: Placed, ctx: Context) -> LayerCall:
    return function("flax.nnx:elu", alpha=layer.alpha)


@register
def celu(layer: L.CELU, node: Placed, ctx: Context) -> LayerCall:
    return function("flax.nnx:celu", alpha=layer.alpha)


@register
def gelu(layer: L.GELU, node: Placed, ctx: Context) -> LayerCall:
    return function("flax.nnx:gelu", approximate=layer.approximate)


@register
def silu(layer: L.SiLU, node: Placed, ctx: Context) -> LayerCall:
    if layer.beta == 1:
        return Name("flax.nnx:silu")
    return function(f"{JAX}:swish", beta=layer.beta)


@register
def softplus(layer: L.Softplus, node: Placed, ctx: Context) -> LayerCall:
    if layer.beta == 1:
        return Name("flax.nnx:softplus")
    return function(f"{JAX}:softplus", beta=layer.beta)


@register
def softmax(layer: L.Softmax, node: Placed, ctx: Context) -> LayerCall:
    return function("flax.nnx:softmax", axis=ctx.axis(node, layer.axis))


@register
def log_softmax(layer: L.LogSoftmax, node: Placed, ctx: Context) -> LayerCall:
    return function("flax.nnx:log_softmax", axis=ctx.axis(node, layer.axis))


@register
def softmin(layer: L.Softmin, node: Placed, ctx: Context) -> LayerCall:
    return function(f"{JAX}:softmin", axis=ctx.axis(node, layer.axis))


@register
def glu(layer: L.GLU, node: Placed, ctx: Context) -> LayerCall:
    return function("flax.nnx:glu", axis=ctx.axis(node, layer.axis))


@register
def prelu(layer: L.PReLU, node: Placed, ctx: Context) -> LayerCall:
    (size,) = node.parameters["weight"].shape
    return our_module("activations:PReLU", ctx, size, **drawn(node, SLOPE))
