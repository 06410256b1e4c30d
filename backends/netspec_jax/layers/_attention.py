"""Attention."""

from __future__ import annotations

from dataclasses import replace

from netspec import layers as L
from netspec.program import Call, Expr
from netspec.spec import Placed
from netspec_jax._initializers import AFFINE, KERNEL, TOKEN, Usual, drawn_inside
from netspec_jax._lowering import Context, made, register

HOME = "attention"


@register
def attention(layer: L.MultiHeadAttention, node: Placed, ctx: Context) -> Call:
    heads, key_heads, _ = layer.sizes(node.input_shape)
    sight = made(
        f"{HOME}:Sight",
        causal=layer.causal,
        window=layer.window,
        rate=layer.dropout,
    )
    given: tuple[Expr, ...] = (sight,) if sight.kwargs else ()
    how = {"rotary": layer.rotary}
    attends = made(f"{HOME}:self_attention", heads, key_heads, *given, **how)
    parts = _parts(layer, node).items()
    return replace(attends, kwargs=(*attends.kwargs, *parts))


def _parts(layer: L.MultiHeadAttention, node: Placed) -> dict[str, Expr]:
    names = ["query", "key", "value"]
    norms = ["query_norm", "key_norm"] if layer.normalize else []
    parts = {name: _dense(name, node) for name in names}
    parts |= {name: _norm(name, node) for name in norms}
    if layer.relative is not None:
        own = drawn_inside(node, "relative", TOKEN)
        sizes = layer.heads, layer.relative
        parts["relative"] = made(f"{HOME}:relative_bias", *sizes, **own)
    return {**parts, "output": _dense("output", node)}


def _dense(name: str, node: Placed) -> Call:
    units, inputs = node.parameters[f"{name}.weight"].shape
    return made("dense:dense", inputs, units, **drawn_inside(node, name, KERNEL))


def _norm(name: str, node: Placed) -> Call:
    usual: Usual = {"weight": AFFINE["weight"]}
    size = node.parameters[f"{name}.weight"].shape
    return made("normalization:rms_norm", *size, **drawn_inside(node, name, usual))
