"""What tells positions apart."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_keras._initializers import Usual, drawn
from netspec_keras._lowering import Context, ours, register

OWN: Usual = {"weight": ("initializer", "zeros")}


@register
def position_embedding(layer: L.PositionEmbedding, node: Placed, ctx: Context) -> Call:
    length, _ = node.parameters["weight"].shape
    return ours("positions:PositionEmbedding", length, **drawn(node, OWN))


@register
def sinusoidal(layer: L.SinusoidalPosition, node: Placed, ctx: Context) -> Call:
    return ours("positions:SinusoidalPosition", base=layer.base)


@register
def class_token(layer: L.ClassToken, node: Placed, ctx: Context) -> Call:
    return ours("positions:ClassToken", **drawn(node, OWN))
