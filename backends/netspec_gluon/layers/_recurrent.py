"""Recurrent layers."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, Expr, call
from netspec.spec import Placed
from netspec_gluon._lowering import SUPPORT, Context, register

RNN = "mxnet.gluon.rnn"


@register
def rnn(layer: L.RNN, node: Placed, ctx: Context) -> Call:
    if layer.activation == "relu" and ctx.double:  # the fused one computes in float32
        return _made("ReluRNN", layer, node, own=True)
    return _made("RNN", layer, node, activation=layer.activation)


@register
def lstm(layer: L.LSTM, node: Placed, ctx: Context) -> Call:
    return _made("LSTM", layer, node)


@register
def gru(layer: L.GRU, node: Placed, ctx: Context) -> Call:
    if layer.reset_after:
        return _made("GRU", layer, node)
    return _made("ResetBeforeGRU", layer, node, own=True)


def _made(
    kind: str, layer: L.Recurrent, node: Placed, own: bool = False, **options: Expr
) -> Call:
    """Make the call of Gluon's layer or, where it lacks what is wanted, of ours."""
    inputs = node.input_shape[-1]
    if layer.direction == "both":
        options["bidirectional"] = True
    lacking = {
        "backward": (layer.direction == "reverse", True),
        "use_bias": (not layer.bias, False),
        "recurrent_bias": (not layer.recurrent_bias, False),
    }
    named: dict[str, Expr] = {
        name: value for name, (given, value) in lacking.items() if given
    }
    if named or own:
        named |= options
        sizes = (layer.units, inputs, *(node.input_shape[:1] if own else ()))
        return call(f"{SUPPORT}.recurrent:{kind}", *sizes, **named)
    read: dict[str, Expr] = {"layout": "NTC", "input_size": inputs}
    return call(f"{RNN}:{kind}", layer.units, **read, **options)


def is_recurrent(layer: L.Layer) -> bool:
    """Tell whether MXNet computes a layer by its recurrent operator."""
    return isinstance(layer, L.Recurrent)
