"""Functions of straight pieces; `nnx.hard_tanh` differs at its bounds."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Name
from netspec.spec import Placed
from netspec_flax._lowering import Context, LayerCall, function, register

JAX = "netspec_jax.support.activations"


@register
def hard_sigmoid(layer: L.HardSigmoid, node: Placed, ctx: Context) -> LayerCall:
    slope, offset = layer.slope, layer.offset
    if (slope, offset) == (1 / 6, 0.5):
        return Name("flax.nnx:hard_sigmoid")
    return function(f"{JAX}:limited_line", slope=slope, offset=offset)


@register
def hard_tanh(layer: L.HardTanh, node: Placed, ctx: Context) -> LayerCall:
    return function(f"{JAX}:hard_tanh", low=layer.low, high=layer.high)


@register
def soft_shrink(layer: L.SoftShrink, node: Placed, ctx: Context) -> LayerCall:
    return function(f"{JAX}:soft_shrink", lambd=layer.lambd)


@register
def hard_shrink(layer: L.HardShrink, node: Placed, ctx: Context) -> LayerCall:
    return function(f"{JAX}:hard_shrink", lambd=layer.lambd)


@register
def tanh_shrink(layer: L.TanhShrink, node: Placed, ctx: Context) -> LayerCall:
    return Name(f"{JAX}:tanh_shrink")


@register
def threshold(layer: L.Threshold, node: Placed, ctx: Context) -> LayerCall:
    options = {"threshold": layer.threshold, "value": layer.value}
    return function(f"{JAX}:threshold", **options)
