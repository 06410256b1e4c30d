"""Multiplication and addition along axes, for which PyTorch has no modules."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, module, register


@register
def rescale(layer: L.Rescale, node: Placed, ctx: Context) -> Call:
    return module(f"{SUPPORT}.scale:Rescale", scale=layer.scale, offset=layer.offset)


@register
def scale(layer: L.Scale, node: Placed, ctx: Context) -> Call:
    axes = layer.resolved(node.input_shape)
    sizes = node.parameters["weight"].shape
    return module(f"{SUPPORT}.scale:Scale", *sizes, axes=axes, bias=layer.bias)
