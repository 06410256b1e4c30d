"""Positions, for which Gluon has no blocks."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_gluon._lowering import Context, need_axes, ours, register


@register
def position_embedding(layer: L.PositionEmbedding, node: Placed, ctx: Context) -> Call:
    need_axes(node, "slice_like", node.input_shape)
    table = node.parameters["weight"].shape
    return ours("positions:PositionEmbedding", *_leading(node), *table)


@register
def sinusoidal(layer: L.SinusoidalPosition, node: Placed, ctx: Context) -> Call:
    need_axes(node, "slice_like", node.input_shape)
    table = node.input_shape[-2:]
    named = {"base": layer.base}
    return ours("positions:SinusoidalPosition", *_leading(node), *table, **named)


@register
def class_token(layer: L.ClassToken, node: Placed, ctx: Context) -> Call:
    need_axes(node, "concat", node.input_shape)
    return ours("positions:ClassToken", *_leading(node), 1, node.input_shape[-1])


def _leading(node: Placed) -> tuple[int, ...]:
    """Return a 1 for each axis before the positions, that of the batch included."""
    return (1,) * (len(node.input_shape) - 1)
