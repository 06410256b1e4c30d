"""Attention."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, Items
from netspec.spec import Placed
from netspec_keras._calls import used
from netspec_keras._initializers import KERNEL, Draw, by_law, drawn_inside
from netspec_keras._lowering import Context, native, ours, register

HOME = "attention"


@register
def attention(layer: L.MultiHeadAttention, node: Placed, ctx: Context) -> Call:
    heads, key_heads, dim = layer.sizes(node.input_shape)
    if not ctx.alone and (first := _first_weights(layer, node)) is not None:
        made = native(
            "MultiHeadAttention",
            heads,
            dim,
            dropout=layer.dropout,
            use_bias=layer.bias,
            **first,
        )
        causal = {"use_causal_mask": True} if layer.causal else {}
        return used(made, 2, **causal)
    parts = {name: _dense(name, node) for name in ("query", "key", "value", "output")}
    own = {name: part for name, part in parts.items() if part is not None}
    norms = [_norm(name, node) for name in ("query_norm", "key_norm")]
    relative = None
    if layer.relative is not None:
        first = drawn_inside(node, "relative", {"weight": ("initializer", "zeros")})
        relative = ours(f"{HOME}:RelativeBias", layer.heads, layer.relative, **first)
    return ours(
        f"{HOME}:SelfAttention",
        heads,
        dim,
        key_heads=None if key_heads == heads else key_heads,
        causal=layer.causal,
        window=layer.window,
        bias=layer.bias,
        norms=Items(tuple(norms)) if layer.normalize else None,
        rotary=layer.rotary,
        relative=relative,
        dropout=layer.dropout,
        **own,
    )


def _first_weights(layer: L.MultiHeadAttention, node: Placed) -> dict[str, Draw] | None:
    """Return what draws all matrices and all biases of Keras's own attention; None
    where it is not this attention, or cannot draw so.
    """
    heads, key_heads, _ = layer.sizes(node.input_shape)
    others = layer.window, layer.rotary, layer.relative
    plain = heads == key_heads and not layer.normalize and others == (None,) * 3
    if not plain or len(node.input_shape) != 2:
        return None
    held = [*node.parameters.items()]
    drawn = {
        option: {by_law(p.law, p) for name, p in held if name.endswith(end)}
        for end, option in ENDS.items()
    }
    if any(len(draws) > 1 or "Orthogonal" in str(draws) for draws in drawn.values()):
        return None
    return {option: draw for option, draws in drawn.items() for draw in draws}


ENDS = {".weight": "kernel_initializer", ".bias": "bias_initializer"}


def _dense(name: str, node: Placed) -> Call | None:
    """Make the call of one of the four matrices, if its first weights are unusual."""
    units, _ = node.parameters[f"{name}.weight"].shape
    own = drawn_inside(node, name, KERNEL)
    if not own:
        return None
    biased = f"{name}.bias" in node.parameters
    return native("Dense", units, use_bias=biased, **own)


def _norm(name: str, node: Placed) -> Call | None:
    if f"{name}.weight" not in node.parameters:
        return None
    own = drawn_inside(node, name, {"weight": ("initializer", "ones")})
    if not own:
        return native("RMSNormalization")
    return ours("normalization:RMSNorm", (-1,), 1e-6, **own)
