"""Positions."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_flax._initializers import POSITIONS, TOKEN, drawn
from netspec_flax._lowering import (
    Context,
    LayerCall,
    function,
    our_module,
    register,
)


@register
def position_embedding(layer: L.PositionEmbedding, node: Placed, ctx: Context) -> Call:
    table = node.parameters["weight"].shape
    own = drawn(node, POSITIONS)
    return our_module("positions:PositionEmbedding", ctx, *table, **own)


@register
def sinusoidal(layer: L.SinusoidalPosition, node: Placed, ctx: Context) -> LayerCall:
    sines = "netspec_jax.support.positions:sinusoidal_position"
    return function(sines, base=layer.base)


@register
def class_token(layer: L.ClassToken, node: Placed, ctx: Context) -> Call:
    size = node.input_shape[-1]
    return our_module("positions:ClassToken", ctx, size, **drawn(node, TOKEN))
