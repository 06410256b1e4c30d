"""Multiplication and addition along axes."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_jax._initializers import AFFINE, drawn
from netspec_jax._lowering import Context, elementwise, made, ours, register


@register
def rescale(layer: L.Rescale, node: Placed, ctx: Context) -> Call:
    constants = {"scale": layer.scale, "offset": layer.offset}
    return elementwise(ours("scale:rescale"), **constants)


@register
def scale(layer: L.Scale, node: Placed, ctx: Context) -> Call:
    rank = 1 + len(node.input_shape)
    axes = [ctx.axis(node, axis) for axis in layer.resolved(node.input_shape)]
    return made(
        "scale:scale",
        *node.parameters["weight"].shape,
        axes=tuple(axis % rank for axis in axes),
        **drawn(node, AFFINE),
    )
