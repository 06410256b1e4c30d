"""Recurrent layers: PyTorch's, of which one operation is several, and ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from netspec import layers as L
from netspec.importing import Lost, Made, Value
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read
from netspec_torch.importing._values import Held
from netspec_torch.importing.layers._regularization import never
from netspec_torch.support import recurrent

Kind: TypeAlias = Callable[..., L.Recurrent]

NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


@read.register("aten.lstm")
def lstm(call: Call) -> Made:
    return stacked(call, L.LSTM)


@read.register("aten.gru")
def gru(call: Call) -> Made:
    return stacked(call, L.GRU)


@read.register("aten.rnn_tanh")
def rnn(call: Call) -> Made:
    return stacked(call, L.RNN)


@read.register("aten.rnn_relu")
def relu_rnn(call: Call) -> Made:
    return stacked(call, L.RNN, activation="relu")


def stacked(call: Call, kind: Kind, **options: str) -> Made:
    """Take one layer after another, each with its part of the parameters, and give
    their last states no meaning.
    """
    check(call)
    options |= {"direction": "both"} if call["bidirectional"] else {}
    made: list[L.Layer] = []
    for tensors in by_layer(call):
        if made and call["dropout"] and not never(call):
            made.append(L.Dropout(call["dropout"]))
        fields = of_layer(call, tensors)
        made.append(call.settled(kind(**fields, **options)))
    return made, last(call, "state"), last(call, "cell state")


def check(call: Call) -> None:
    """Refuse what a layer of netspec has not.

    Raises:
        Refusal: says what to do instead.
    """
    if "batch_sizes" in call:
        raise call.refused("reads a packed sequence; give it a padded one")
    if not call["batch_first"]:
        raise call.refused(
            "takes positions before examples; give it batch_first=True, and the batch"
            " as axis 0"
        )
    given = call.given("hx")
    states = given if isinstance(given, list) else [given]
    if not all(map(begins_at_zero, states)):
        raise call.refused(
            "begins at a state that it is given; each layer here begins at zeros, so"
            " give it none"
        )


def begins_at_zero(state: Value) -> bool:
    """Tell whether a state is zeros, which no training moves."""
    constant = isinstance(state, Held) and not state.learned
    return constant and not bool(state.tensor.any())


def by_layer(call: Call) -> list[list[Value]]:
    """Return the tensors of each layer, in PyTorch's order.

    Raises:
        Refusal: a layer has more of them than one has here.
    """
    tensors = call.given("params")
    several = call["num_layers"]
    size = len(NAMES[: 4 if call["has_biases"] else 2]) * ways(call)
    if len(tensors) != size * several:
        raise call.refused("has proj_size, which LSTM has not; give it none")
    return [tensors[at : at + size] for at in range(0, size * several, size)]


def ways(call: Call) -> int:
    return 2 if call["bidirectional"] else 1


def of_layer(call: Call, tensors: Sequence[Value]) -> dict[str, Any]:
    """Take the tensors of one layer, and return the fields that they tell of."""
    size = len(tensors) // ways(call)
    for place, tensor in enumerate(tensors):
        end = "_reverse" if place >= size else ""
        call.keep(tensor, f"{NAMES[place % size]}_l0{end}")
    bias = bool(call["has_biases"])
    units = tensors[1].tensor.shape[1]
    return {"units": units, "bias": bias, "recurrent_bias": bias}


def last(call: Call, what: str) -> Lost:
    """Word what is wrong where the last states are read."""
    held = {
        "state": "take it from its output: out[:, -1], and of a second direction"
        " out[:, 0, units:]",
        "cell state": "no output holds it, so read the output",
    }
    of = call.path or call.name
    return Lost(f"reads the last {what} of {of}, which no layer gives; {held[what]}")


@read.register_module(recurrent.RNN)
def our_rnn(call: Call) -> L.Layer:
    return L.RNN(**own(call), activation=call.module.nonlinearity)


@read.register_module(recurrent.LSTM)
def our_lstm(call: Call) -> L.Layer:
    return L.LSTM(**own(call))


@read.register_module(recurrent.GRU)
def our_gru(call: Call) -> L.Layer:
    return L.GRU(**own(call))


@read.register_module(recurrent.ResetBeforeGRU)
def reset_before_gru(call: Call) -> L.Layer:
    return L.GRU(**own(call), reset_after=False)


def own(call: Call) -> dict[str, Any]:
    """Take the parameters of a module of ours, and return what all of them have."""
    module = call.module
    for name, _ in module.named_parameters():
        call.own(name)
    one_way = "reverse" if module.backward_alone else "forward"
    return {
        "units": module.hidden_size,
        "direction": "both" if module.bidirectional else one_way,
        "bias": module.bias,
        "recurrent_bias": "bias_hh_l0" in dict(module.named_parameters()),
    }
