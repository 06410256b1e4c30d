"""Multiplication and addition along axes, for which Gluon has no blocks."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_gluon._lowering import Context, ours, register


@register
def rescale(layer: L.Rescale, node: Placed, ctx: Context) -> Call:
    return ours("scale:Rescale", scale=layer.scale, offset=layer.offset)


@register
def scale(layer: L.Scale, node: Placed, ctx: Context) -> Call:
    axes = layer.resolved(node.input_shape)
    shape = [n if i in axes else 1 for i, n in enumerate(node.input_shape, 1)]
    return ours("scale:Scale", *shape[axes[0] - 1 :], center=layer.bias)
