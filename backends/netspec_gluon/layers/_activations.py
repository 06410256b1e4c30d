"""Nonlinearities. Those of Gluon that compute in float32, or with a constant rounded to
float32, are used in float32 only: exact ones for float64 take up to six times as long.
"""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_gluon._lowering import (
    NN,
    Context,
    Lowering,
    along_channels,
    block,
    ours,
    register,
)

AlongAxis = L.Softmax | L.LogSoftmax | L.Softmin | L.GLU

PLAIN = {
    L.ReLU: call(f"{NN}:Activation", "relu"),
    L.Sigmoid: call(f"{NN}:Activation", "sigmoid"),
    L.Tanh: call(f"{NN}:Activation", "tanh"),
    L.Softsign: call(f"{NN}:Activation", "softsign"),
    L.ReLU6: ours("activations:ReLU6"),
    L.SELU: ours("activations:SELU"),
    L.Mish: ours("activations:Mish"),
    L.LogSigmoid: ours("activations:LogSigmoid"),
    L.HardSwish: ours("activations:HardSwish"),
    L.TanhShrink: ours("activations:TanhShrink"),
}


def plain(made: Call) -> Lowering:
    """Make the lowering of a layer without options."""
    return lambda layer, node, ctx: made


for kind, activation in PLAIN.items():
    register(plain(activation), kind)


@register
def leaky_relu(layer: L.LeakyReLU, node: Placed, ctx: Context) -> Call:
    if ctx.double or layer.slope < 0:  # which nn.LeakyReLU refuses
        return ours("activations:LeakyReLU", layer.slope)
    return call(f"{NN}:LeakyReLU", layer.slope)


@register
def prelu(layer: L.PReLU, node: Placed, ctx: Context) -> Call:
    if ctx.double:
        shape = along_channels(node) if layer.per_channel else (1,)
        return ours("activations:PReLU", *shape)
    (size,) = node.parameters["weight"].shape
    return block(f"{NN}:PReLU", in_channels=size)


@register
def elu(layer: L.ELU, node: Placed, ctx: Context) -> Call:
    if ctx.double:
        return ours("activations:ELU", layer.alpha)
    return block(f"{NN}:ELU", alpha=layer.alpha)


@register
def celu(layer: L.CELU, node: Placed, ctx: Context) -> Call:
    return ours("activations:CELU", layer.alpha)


@register
def gelu(layer: L.GELU, node: Placed, ctx: Context) -> Call:
    if layer.approximate:
        return ours("activations:TanhGELU")
    return ours("activations:GELU") if ctx.double else call(f"{NN}:GELU")


@register
def softplus(layer: L.Softplus, node: Placed, ctx: Context) -> Call:
    if layer.beta == 1:
        return ours("activations:Softplus")
    return ours("activations:SharpSoftplus", layer.beta)


@register
def silu(layer: L.SiLU, node: Placed, ctx: Context) -> Call:
    return block(f"{NN}:Swish", beta=layer.beta)


@register
def along_axis(layer: AlongAxis, node: Placed, ctx: Context) -> Call:
    axis = layer.axis % (1 + len(node.input_shape))
    return ours(f"activations:{type(layer).__name__}", axis)
