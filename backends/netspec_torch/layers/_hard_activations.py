"""Functions of straight pieces: PyTorch has all of them, and their corners as we do."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, module, register


@register
def hard_sigmoid(layer: L.HardSigmoid, node: Placed, ctx: Context) -> Call:
    if (layer.slope, layer.offset) != (1 / 6, 0.5):  # nn.Hardsigmoid has no other
        return call(f"{SUPPORT}.activations:LimitedLine", layer.slope, layer.offset)
    # nn.Hardsigmoid rounds 1 / 6 to float32 in its gradient: off by 5e-9
    home = f"{SUPPORT}.activations" if ctx.double else "torch.nn"
    return call(f"{home}:Hardsigmoid")


@register
def hard_tanh(layer: L.HardTanh, node: Placed, ctx: Context) -> Call:
    return module("torch.nn:Hardtanh", min_val=layer.low, max_val=layer.high)


@register
def soft_shrink(layer: L.SoftShrink, node: Placed, ctx: Context) -> Call:
    return module("torch.nn:Softshrink", lambd=layer.lambd)


@register
def hard_shrink(layer: L.HardShrink, node: Placed, ctx: Context) -> Call:
    return module("torch.nn:Hardshrink", lambd=layer.lambd)


@register
def threshold(layer: L.Threshold, node: Placed, ctx: Context) -> Call:
    return call("torch.nn:Threshold", layer.threshold, layer.value)
