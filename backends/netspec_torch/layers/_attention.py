"""Attention."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, Name, call
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, module, register

HOME = f"{SUPPORT}.attention"


@register
def attention(layer: L.MultiHeadAttention, node: Placed, ctx: Context) -> Call:
    heads, key_heads, dim = layer.sizes(node.input_shape)
    return module(
        f"{HOME}:SelfAttention",
        node.input_shape[-1],
        heads,
        dim,
        key_heads=None if key_heads == heads else key_heads,
        causal=layer.causal,
        window=layer.window,
        bias=layer.bias,
        norms=layer.normalize,
        rotary=_rotary(layer, node, ctx),
        relative=_relative(layer),
        dropout=layer.dropout,
    )


def _rotary(layer: L.MultiHeadAttention, node: Placed, ctx: Context) -> Call | None:
    if layer.rotary is None:
        return None
    table = node.input_shape[-2], layer.sizes(node.input_shape).dim
    kind = {"dtype": Name("torch:float64")} if ctx.double else {}
    return module(f"{HOME}:Rotary", *table, base=layer.rotary, **kind)


def _relative(layer: L.MultiHeadAttention) -> Call | None:
    if layer.relative is None:
        return None
    return call(f"{HOME}:RelativeBias", layer.heads, layer.relative)
