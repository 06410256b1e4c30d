"""Functions of straight pieces; `jax.nn.hard_tanh` differs at its bounds."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, Name
from netspec.spec import Placed
from netspec_jax._lowering import Context, elementwise, ours, register


@register
def hard_sigmoid(layer: L.HardSigmoid, node: Placed, ctx: Context) -> Call:
    slope, offset = layer.slope, layer.offset
    if (slope, offset) == (1 / 6, 0.5):
        return elementwise(Name("jax.nn:hard_sigmoid"))
    line = ours("activations:limited_line")
    return elementwise(line, slope=slope, offset=offset)


@register
def hard_tanh(layer: L.HardTanh, node: Placed, ctx: Context) -> Call:
    bounds = {"low": layer.low, "high": layer.high}
    return elementwise(ours("activations:hard_tanh"), **bounds)


@register
def soft_shrink(layer: L.SoftShrink, node: Placed, ctx: Context) -> Call:
    return elementwise(ours("activations:soft_shrink"), lambd=layer.lambd)


@register
def hard_shrink(layer: L.HardShrink, node: Placed, ctx: Context) -> Call:
    return elementwise(ours("activations:hard_shrink"), lambd=layer.lambd)


@register
def tanh_shrink(layer: L.TanhShrink, node: Placed, ctx: Context) -> Call:
    return elementwise(ours("activations:tanh_shrink"))


@register
def threshold(layer: L.Threshold, node: Placed, ctx: Context) -> Call:
    options = {"threshold": layer.threshold, "value": layer.value}
    return elementwise(ours("activations:threshold"), **options)
