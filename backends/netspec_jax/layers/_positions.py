"""Positions."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_jax._initializers import POSITIONS, TOKEN, drawn
from netspec_jax._lowering import Context, elementwise, made, ours, register


@register
def position_embedding(layer: L.PositionEmbedding, node: Placed, ctx: Context) -> Call:
    table = node.parameters["weight"].shape
    return made("positions:position_embedding", *table, **drawn(node, POSITIONS))


@register
def sinusoidal(layer: L.SinusoidalPosition, node: Placed, ctx: Context) -> Call:
    return elementwise(ours("positions:sinusoidal_position"), base=layer.base)


@register
def class_token(layer: L.ClassToken, node: Placed, ctx: Context) -> Call:
    return made("positions:class_token", node.input_shape[-1], **drawn(node, TOKEN))
