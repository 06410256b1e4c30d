"""Functions of straight pieces. Those of MXNet differ at a corner: all are ours."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_gluon._lowering import Context, ours, register


@register
def hard_sigmoid(layer: L.HardSigmoid, node: Placed, ctx: Context) -> Call:
    if (layer.slope, layer.offset) == (1 / 6, 0.5):
        return ours("activations:HardSigmoid")
    return ours("activations:LimitedLine", layer.slope, layer.offset)


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
def threshold(layer: L.Threshold, node: Placed, ctx: Context) -> Call:
    return ours("activations:Threshold", layer.threshold, layer.value)
