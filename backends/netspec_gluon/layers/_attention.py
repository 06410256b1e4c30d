"""Attention."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_gluon._lowering import Context, ours, register
from netspec_gluon.layers._regularization import dropping


@register
def attention(layer: L.MultiHeadAttention, node: Placed, ctx: Context) -> Call:
    heads, key_heads, dim = layer.sizes(node.input_shape)
    return ours(
        "attention:SelfAttention",
        node.input_shape[-1],
        heads,
        dim,
        key_heads=None if key_heads == heads else key_heads,
        causal=layer.causal,
        window=layer.window,
        use_bias=layer.bias,
        norms=layer.normalize,
        rotary=_rotary(layer, node),
        relative=_relative(layer),
        dropout=dropping(layer.dropout, (), ctx) if layer.dropout else None,
    )


def _rotary(layer: L.MultiHeadAttention, node: Placed) -> Call | None:
    if layer.rotary is None:
        return None
    table = node.input_shape[-2], layer.sizes(node.input_shape).dim
    return ours("attention:Rotary", *table, base=layer.rotary)


def _relative(layer: L.MultiHeadAttention) -> Call | None:
    if layer.relative is None:
        return None
    return ours("attention:RelativeBias", layer.heads, layer.relative)
