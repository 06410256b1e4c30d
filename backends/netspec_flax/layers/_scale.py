"""Multiplication and addition along axes."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_flax._initializers import AFFINE, drawn
from netspec_flax._lowering import (
    Context,
    LayerCall,
    function,
    our_module,
    register,
)


@register
def rescale(layer: L.Rescale, node: Placed, ctx: Context) -> LayerCall:
    constants = {"scale": layer.scale, "offset": layer.offset}
    return function("netspec_jax.support.scale:rescale", **constants)


@register
def scale(layer: L.Scale, node: Placed, ctx: Context) -> Call:
    rank = 1 + len(node.input_shape)
    axes = [ctx.axis(node, axis) for axis in layer.resolved(node.input_shape)]
    bias = {} if "bias" in node.parameters else {"use_bias": False}
    return our_module(
        "scale:Scale",
        ctx,
        *node.parameters["weight"].shape,
        axes=tuple(axis % rank for axis in axes),
        **bias,
        **drawn(node, AFFINE),
    )
