"""Multiplication and addition along axes."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_keras._initializers import drawn
from netspec_keras._lowering import Context, ours, register


@register
def rescale(layer: L.Rescale, node: Placed, ctx: Context) -> Call:
    return call("keras.layers:Rescaling", layer.scale, offset=layer.offset)


@register
def scale(layer: L.Scale, node: Placed, ctx: Context) -> Call:
    rank = 1 + len(node.input_shape)
    axes = (ctx.axis(node, axis) for axis in layer.resolved(node.input_shape))
    return ours(
        "scale:Scale",
        tuple(axis % rank for axis in axes),
        node.parameters["weight"].shape,
        bias=layer.bias,
        **drawn(
            node,
            {
                "weight": ("weight_initializer", "ones"),
                "bias": ("bias_initializer", "zeros"),
            },
        ),
    )
