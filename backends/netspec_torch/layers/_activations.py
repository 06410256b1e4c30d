"""Nonlinearities. In float64, others replace those of PyTorch that are inexact."""

from __future__ import annotations

from dataclasses import replace

from netspec import layers as L
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, Lowering, module, register

PLAIN = {
    L.Identity: "torch.nn:Identity",
    L.ReLU: "torch.nn:ReLU",
    L.ReLU6: "torch.nn:ReLU6",
    L.SELU: "torch.nn:SELU",
    L.Mish: "torch.nn:Mish",
    L.Sigmoid: "torch.nn:Sigmoid",
    L.Tanh: "torch.nn:Tanh",
    L.Softsign: "torch.nn:Softsign",
    L.LogSigmoid: "torch.nn:LogSigmoid",
    L.HardSwish: "torch.nn:Hardswish",
    L.TanhShrink: "torch.nn:Tanhshrink",
}


def plain(target: str) -> Lowering:
    """Make the lowering of a layer without options."""
    return lambda layer, node, ctx: call(target)


for kind, target in PLAIN.items():
    register(plain(target), kind)


@register
def leaky_relu(layer: L.LeakyReLU, node: Placed, ctx: Context) -> Call:
    return call("torch.nn:LeakyReLU", layer.slope)


@register
def prelu(layer: L.PReLU, node: Placed, ctx: Context) -> Call:
    (size,) = node.parameters["weight"].shape
    return module("torch.nn:PReLU", num_parameters=size)


@register
def elu(layer: L.ELU, node: Placed, ctx: Context) -> Call:
    return module("torch.nn:ELU", alpha=layer.alpha)


@register
def celu(layer: L.CELU, node: Placed, ctx: Context) -> Call:
    # nn.CELU rounds 1 / alpha to float32 in its gradient: off by up to 4e-8
    home = f"{SUPPORT}.activations" if ctx.double and layer.alpha != 1 else "torch.nn"
    return call(f"{home}:CELU", layer.alpha)


@register
def gelu(layer: L.GELU, node: Placed, ctx: Context) -> Call:
    return module("torch.nn:GELU", approximate="tanh" if layer.approximate else "none")


@register
def softplus(layer: L.Softplus, node: Placed, ctx: Context) -> Call:
    beta = {} if layer.beta == 1 else {"beta": layer.beta}
    if not ctx.double:
        return call("torch.nn:Softplus", **beta)
    # Beyond its threshold nn.Softplus is x: at the default of 20 it is off by 2e-9, at
    # 40 by less than half a unit in the last place. exp overflows if it is over 709.
    made = call("torch.nn:Softplus", **beta, threshold=40)
    return replace(made, comment="exact in float64, where the default of 20 is not")


@register
def silu(layer: L.SiLU, node: Placed, ctx: Context) -> Call:
    if layer.beta == 1:
        return call("torch.nn:SiLU")
    return call(f"{SUPPORT}.activations:Swish", layer.beta)  # nn.SiLU has no beta


@register
def softmax(layer: L.Softmax, node: Placed, ctx: Context) -> Call:
    return call("torch.nn:Softmax", dim=layer.axis)


@register
def log_softmax(layer: L.LogSoftmax, node: Placed, ctx: Context) -> Call:
    return call("torch.nn:LogSoftmax", dim=layer.axis)


@register
def softmin(layer: L.Softmin, node: Placed, ctx: Context) -> Call:
    return call("torch.nn:Softmin", dim=layer.axis)


@register
def glu(layer: L.GLU, node: Placed, ctx: Context) -> Call:
    return module("torch.nn:GLU", dim=layer.axis)
