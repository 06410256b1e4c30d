"""Recurrent layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netspec import layers as L
from netspec.program import Call, call, terse
from netspec.spec import Placed
from netspec_keras._initializers import Draw, initializer_of
from netspec_keras._lowering import (
    SUPPORT,
    Context,
    held_together,
    is_own,
    lowered,
    native,
    ours,
    register,
)

HOME = "recurrent"
PARTS = {
    "weight_ih": ("kernel_initializer", "glorot_uniform"),
    "weight_hh": ("recurrent_initializer", "orthogonal"),
    "bias_ih": ("bias_initializer", "zeros"),
    "bias_hh": ("recurrent_bias_initializer", "zeros"),
}
FORGET = call(f"{SUPPORT}.initial:PerGate", "zeros", "ones", "zeros", "zeros")


@register
def rnn(layer: L.RNN, node: Placed, ctx: Context) -> Call:
    how = {"activation": layer.activation}
    if layer.recurrent_bias:
        return _both(layer, node, "RNNCell", **how)
    return _native(layer, node, "SimpleRNN", **how)


@register
def lstm(layer: L.LSTM, node: Placed, ctx: Context) -> Call:
    if layer.recurrent_bias:
        return _both(layer, node, "LSTMCell")
    return _native(layer, node, "LSTM")


@register
def gru(layer: L.GRU, node: Placed, ctx: Context) -> Call:
    alike = layer.recurrent_bias == (layer.reset_after and layer.bias)
    if not alike:
        return _both(layer, node, "GRUCell", reset_after=layer.reset_after)
    return _native(layer, node, "GRU", reset_after=layer.reset_after)


@held_together.register
def biases_of_gru(layer: L.GRU, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Keras's own GRU holds both biases in one variable."""
    if not (layer.reset_after and layer.recurrent_bias):
        return [(name,) for name in names]
    others = {name: name.replace("bias_ih", "bias_hh") for name in names}
    return [
        (name,) if other == name else (name, other)
        for name, other in others.items()
        if "bias_hh" not in name
    ]


def _native(layer: L.Recurrent, node: Placed, name: str, **options: bool | str) -> Call:
    own = _drawn(layer, node, "")
    own.pop("recurrent_bias_initializer", None)
    made = terse(f"keras.layers:{name}", layer.units, use_bias=layer.bias, **options)
    given = (*made.kwargs, *own.items(), ("return_sequences", True))
    return _ways(layer, node, replace(made, kwargs=given))


def _both(layer: L.Recurrent, node: Placed, name: str, **options: bool | str) -> Call:
    """Make the call of a layer with a bias of its own for the state."""
    biases = {"use_bias": layer.bias, "recurrent_bias": layer.recurrent_bias}
    lacking = {option: False for option, held in biases.items() if not held}
    own = {**lacking, **_drawn(layer, node, "")}
    cell = ours(f"{HOME}:{name}", layer.units, **options)
    cell = replace(cell, kwargs=(*cell.kwargs, *own.items()))
    made = call("keras.layers:RNN", cell, return_sequences=True)
    return _ways(layer, node, made)


def _ways(layer: L.Recurrent, node: Placed, made: Call) -> Call:
    if layer.direction == "forward":
        return made
    if layer.direction == "reverse":
        return ours(f"{HOME}:Reversed", made)
    backward = _drawn(layer, node, "_reverse")
    if backward == _drawn(layer, node, ""):
        return native("Bidirectional", made)
    return native("Bidirectional", made, backward_layer=_redrawn(made, backward))


def _redrawn(made: Call, own: dict[str, Draw | bool]) -> Call:
    """Make the call of the layer that reads the last position first, with first weights
    of its own.
    """
    if made.args and isinstance(made.args[0], Call):
        cell = _with(made.args[0], own)
        return _backwards(replace(made, args=(cell,)))
    return _backwards(_with(made, own))


def _with(made: Call, own: dict[str, Draw | bool]) -> Call:
    drawn = ("initializer", "unit_forget_bias")
    kept = [(k, v) for k, v in made.kwargs if not k.endswith(drawn)]
    return replace(made, kwargs=(*kept, *own.items()))


def _backwards(made: Call) -> Call:
    return replace(made, kwargs=(*made.kwargs, ("go_backwards", True)))


def _drawn(layer: L.Recurrent, node: Placed, end: str) -> dict[str, Draw | bool]:
    found: dict[str, Draw | bool] = {}
    for part, (option, usual) in PARTS.items():
        parameter = node.parameters.get(f"{part}_l0{end}")
        if parameter is None:
            continue
        draw = initializer_of(parameter)
        if isinstance(layer, L.GRU) and _per_gate(draw):
            assert isinstance(draw, Call)
            reset, update, new = draw.args
            draw = replace(draw, args=(update, reset, new))  # Keras's order
        if draw != usual:
            found[option] = draw
    if isinstance(layer, L.LSTM) and layer.bias and not layer.recurrent_bias:
        # Keras adds 1 to the forget gate's bias where nobody says otherwise
        if found.get("bias_initializer") == FORGET:
            del found["bias_initializer"]
        else:
            found["unit_forget_bias"] = False
    return found


def _per_gate(draw: Draw) -> bool:
    return isinstance(draw, Call) and draw.target.endswith(":PerGate")


def last_only(node: Placed, after: Placed, ctx: Context) -> Call | None:
    """Make the call of a recurrent layer and one that takes its last state."""
    recurrent, taken = node.layer, after.layer
    if not (isinstance(recurrent, L.Recurrent) and isinstance(taken, L.Select)):
        return None
    length, _ = node.output_shape
    last = {"forward": length - 1, "reverse": 0}.get(recurrent.direction)
    place = taken.axis % 3, taken.index % length
    if place != (1, last) or not (is_own(recurrent) and is_own(taken)):
        return None
    (made,) = lowered(node, ctx)
    return last_state(made)


def last_state(made: Call) -> Call:
    """Make the call of a recurrent layer that gives its last state alone."""
    if made.target.endswith(":Reversed"):
        (inner,) = made.args
        assert isinstance(inner, Call)
        kwargs = (*last_state(inner).kwargs, ("go_backwards", True))
        return replace(inner, kwargs=kwargs)
    kept = tuple(pair for pair in made.kwargs if pair[0] != "return_sequences")
    return replace(made, kwargs=kept)
