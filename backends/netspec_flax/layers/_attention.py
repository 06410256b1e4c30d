"""Attention: `nnx.MultiHeadAttention` where it is that."""

from __future__ import annotations

from dataclasses import replace

from netspec import layers as L
from netspec.program import Call, Expr, call
from netspec.spec import Placed
from netspec_flax._initializers import AFFINE, KERNEL, TOKEN, drawn, initializer_of
from netspec_flax._lowering import (
    RNGS,
    Context,
    module,
    our_module,
    ours,
    register,
)

HOME = "attention"
READS = ("query", "key", "value")


@register
def attention(layer: L.MultiHeadAttention, node: Placed, ctx: Context) -> Call:
    make = _native if _is_native(layer, node, ctx) else _own
    return make(layer, node, ctx)


def _is_native(layer: L.MultiHeadAttention, node: Placed, ctx: Context) -> bool:
    """Tell whether Flax has it: without what is its own, with one initializer of all
    that reads the input, and nothing that is another's.
    """
    more = layer.window, layer.rotary, layer.relative
    alike = all(_draws(node, name) == _draws(node, "query") for name in READS)
    shared = any(f"{node.path}.{name}" in ctx.tied for name in node.parameters)
    return more == (None,) * 3 and not layer.normalize and alike and not shared


def _draws(node: Placed, name: str) -> dict[str, Expr]:
    return {**drawn(node, KERNEL, f"{name}.")}


def _native(layer: L.MultiHeadAttention, node: Placed, ctx: Context) -> Call:
    heads, key_heads, dim = layer.sizes(node.input_shape)
    channels, made = node.input_shape[-1], "flax.nnx:MultiHeadAttention"
    how: dict[str, Expr] = {
        "qkv_features": None if heads * dim == channels else heads * dim,
        "num_kv_heads": None if key_heads == heads else key_heads,
        "use_bias": layer.bias,
        "dropout_rate": layer.dropout,
        "broadcast_dropout": not layer.dropout,
        "decode": False,
        **_draws(node, "query"),
        **_draws_out(node),
    }
    if ctx.dtype == "float64" and not layer.dropout:
        how["attention_fn"] = ours(f"{HOME}:attend")
    attends = module(made, ctx, heads, channels, **how)
    if layer.causal:
        return replace(attends, target=ours(f"{HOME}:CausalSelfAttention").target)
    return attends


def _draws_out(node: Placed) -> dict[str, Expr]:
    """Return what draws the output; Flax draws it as the rest unless it is told."""
    usual, own = _draws(node, "query"), _draws(node, "output")
    if usual == own:
        return {}
    return {
        f"out_{option}": initializer_of(node.parameters[f"output.{name}"])
        for name, (option, _) in KERNEL.items()
        if option in {**usual, **own}
    }


def _own(layer: L.MultiHeadAttention, node: Placed, ctx: Context) -> Call:
    heads, key_heads, _ = layer.sizes(node.input_shape)
    how: dict[str, Expr] = {
        "is_causal": layer.causal or None,
        "window": layer.window,
        "dropout_rate": layer.dropout or None,
        "rotary": layer.rotary,
    }
    given = {name: value for name, value in how.items() if value is not None}
    parts = {name: _dense(name, node, ctx) for name in (*READS, "output")}
    if layer.normalize:
        norms = ("query_norm", "key_norm")
        parts |= {name: _norm(name, node, ctx) for name in norms}
    if layer.relative is not None:
        sizes, own = (layer.heads, layer.relative), drawn(node, TOKEN, "relative.")
        parts["relative"] = our_module(f"{HOME}:RelativeBias", ctx, *sizes, **own)
    made = ours(f"{HOME}:SelfAttention").target
    return call(made, heads, key_heads, **given, **parts, rngs=RNGS)


def _dense(name: str, node: Placed, ctx: Context) -> Call:
    units, inputs = node.parameters[f"{name}.weight"].shape
    bias = f"{name}.bias" in node.parameters
    own = drawn(node, KERNEL, f"{name}.")
    return module("flax.nnx:Linear", ctx, inputs, units, use_bias=bias, **own)


def _norm(name: str, node: Placed, ctx: Context) -> Call:
    size = node.parameters[f"{name}.weight"].shape
    return module("flax.nnx:RMSNorm", ctx, *size, **drawn(node, AFFINE, f"{name}."))
