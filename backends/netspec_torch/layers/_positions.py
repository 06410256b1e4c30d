"""Positions, for which PyTorch has no modules."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, Name, call
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, module, register


@register
def position_embedding(layer: L.PositionEmbedding, node: Placed, ctx: Context) -> Call:
    table = node.parameters["weight"].shape
    return call(f"{SUPPORT}.positions:PositionEmbedding", *table)


@register
def sinusoidal(layer: L.SinusoidalPosition, node: Placed, ctx: Context) -> Call:
    table = node.input_shape[-2:]
    kind = {"dtype": Name("torch:float64")} if ctx.double else {}
    return module(
        f"{SUPPORT}.positions:SinusoidalPosition", *table, base=layer.base, **kind
    )


@register
def class_token(layer: L.ClassToken, node: Placed, ctx: Context) -> Call:
    return call(f"{SUPPORT}.positions:ClassToken", node.input_shape[-1])
