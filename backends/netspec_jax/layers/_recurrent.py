"""Recurrent layers."""

from __future__ import annotations

from dataclasses import replace

from netspec import layers as L
from netspec.program import Call, Expr, Name
from netspec.spec import Placed
from netspec_jax._initializers import KERNEL, Usual, drawn
from netspec_jax._lowering import Context, made, register


@register
def rnn(layer: L.RNN, node: Placed, ctx: Context) -> Call:
    relu = {"activation": Name("jax.nn:relu")} if layer.activation == "relu" else {}
    return _made("rnn", layer, node, **relu)


@register
def lstm(layer: L.LSTM, node: Placed, ctx: Context) -> Call:
    return _made("lstm", layer, node)


@register
def gru(layer: L.GRU, node: Placed, ctx: Context) -> Call:
    return _made("gru" if layer.reset_after else "reset_before_gru", layer, node)


def _made(kind: str, layer: L.Recurrent, node: Placed, **options: Expr) -> Call:
    usual: Usual = {
        f"{part}_l0{end}": KERNEL[part.partition("_")[0]]
        for end, _ in layer.ways
        for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    }
    way = () if layer.direction == "forward" else (layer.direction,)
    sizes = node.input_shape[-1], layer.units, *way
    layer_made = made(f"recurrent:{kind}", *sizes)
    given = {**options, **drawn(node, usual)}
    return replace(layer_made, kwargs=tuple(given.items()))
