"""Recurrent layers."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, Expr, call
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, register

HOME = f"{SUPPORT}.recurrent"


@register
def rnn(layer: L.RNN, node: Placed, ctx: Context) -> Call:
    relu = {"nonlinearity": "relu"} if layer.activation == "relu" else {}
    return _made("RNN", layer, node, **relu)


@register
def lstm(layer: L.LSTM, node: Placed, ctx: Context) -> Call:
    return _made("LSTM", layer, node)


@register
def gru(layer: L.GRU, node: Placed, ctx: Context) -> Call:
    kind = "GRU" if layer.reset_after else "ResetBeforeGRU"
    return _made(kind, layer, node)


def _made(kind: str, layer: L.Recurrent, node: Placed, **options: Expr) -> Call:
    wanted: dict[str, tuple[bool, Expr]] = {
        "bias": (not layer.bias, False),
        "recurrent_bias": (layer.bias and not layer.recurrent_bias, False),
        "bidirectional": (layer.direction == "both", True),
        "backward": (layer.direction == "reverse", True),
    }
    options |= {name: value for name, (given, value) in wanted.items() if given}
    return call(f"{HOME}:{kind}", node.input_shape[-1], layer.units, **options)
