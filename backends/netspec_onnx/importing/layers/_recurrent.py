"""Recurrent layers: gates in another order, and positions before examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from netspec import layers as L
from netspec.contract import Array
from netspec.importing import Made
from netspec_onnx.importing._call import Call, rule
from netspec_onnx.importing._values import FIRST, Held, Turn

DIRECTIONS = {"forward": "forward", "reverse": "reverse", "bidirectional": "both"}


class Kind(NamedTuple):
    """A recurrent operation.

    Attributes:
        layer: the layer that it is.
        order: of the gates of the layer, places among those of the operation: iofc to
            ifgo, zrh to rzn.
        functions: that the layer has.
    """

    layer: Callable[..., L.Recurrent]
    order: Sequence[int]
    functions: Sequence[str]


KINDS: Mapping[str, Kind] = {
    "GRU": Kind(L.GRU, (1, 0, 2), ("sigmoid", "tanh")),
    "LSTM": Kind(L.LSTM, (0, 2, 3, 1), ("sigmoid", "tanh", "tanh")),
    "RNN": Kind(L.RNN, (0,), ("tanh",)),
}
SECOND = Turn(1, 1, 2)
STATES = (5, 6)  # inputs that a state begins with


@rule(*KINDS, anywhere=True)
def recurrent(call: Call) -> Made:
    kind, batch_first = KINDS[call.name], bool(call.whole("layout", 0))
    _check(call, batch_first)
    weight = call.constant(1)
    if weight is None or weight.ndim != 3:
        raise call.refused("has no weight of three axes; the file is damaged")
    ways, units = weight.shape[0], weight.shape[1] // len(kind.order)
    bias = call.given("3") is not None
    fields: dict[str, Any] = {"direction": _direction(call, ways), **_options(call)}
    for way in range(ways):
        _take(call, way, units, kind.order, bias)
    layer = kind.layer(units, bias=bias, recurrent_bias=bias, **fields)
    _states(call, fields["direction"], batch_first)
    call.reads = (call.data,)
    # directions become an axis of their own: behind the positions, before the batch
    call.gives = FIRST if batch_first else Turn(2, 2, 3)
    length = call.before[0]
    return [call.settled(layer), L.Reshape((length, ways, units))]


def _direction(call: Call, ways: int) -> str:
    said = call.text("direction", "forward")
    if said not in DIRECTIONS or (said == "bidirectional") != (ways == 2):
        raise call.refused(f"is {said} and has weights for {ways} directions")
    return DIRECTIONS[said]


def _check(call: Call, batch_first: bool) -> None:
    """Refuse what a layer of netspec has not."""
    if len(call.before) != 2 or call.turn != (FIRST if batch_first else SECOND):
        raise call.refused("reads no batch of positions with channels")
    lengths = call.given("4")
    if lengths is not None:
        held = lengths.array if isinstance(lengths, Held) else np.zeros(1)
        if not (held == call.before[0]).all():
            raise call.refused("has lengths of its own for each example; pad instead")
    for place in STATES:
        state = call.given(str(place))
        if state is not None and not (
            isinstance(state, Held) and not state.array.any()
        ):
            raise call.refused(
                "begins at a state that it is given; each layer here begins at zeros"
            )
    strange = [key for key in ("clip", "input_forget") if call.attributes.get(key)]
    strange += ["P"] if call.given("7") is not None else []
    if strange:
        raise call.refused(f"has {', '.join(strange)}, which {call.name} has not")


def _options(call: Call) -> dict[str, object]:
    """Read the functions, and where a GRU has its reset gate."""
    said = [str(one, "ascii").lower() for one in call.attributes.get("activations", [])]
    functions = KINDS[call.name].functions
    if call.name == "RNN" and set(said) <= {"relu"} and said:
        return {"activation": "relu"}
    if tuple(said) not in ((), tuple(functions), tuple(functions) * 2):
        raise call.refused(f"has functions {', '.join(said)}; netspec has {functions}")
    if call.name == "GRU":
        return {"reset_after": bool(call.whole("linear_before_reset", 0))}
    return {}


def _take(call: Call, way: int, units: int, order: Sequence[int], bias: bool) -> None:
    """Take the arrays of one direction, gates in the order of the layer."""
    end, rows = "_reverse" if way else "", units * len(order)

    def gates(array: Array) -> Array:
        parts = array.reshape(len(order), units, *array.shape[1:])
        return parts[list(order)].reshape(array.shape)

    for place, name in ((1, "weight_ih"), (2, "weight_hh")):
        array, origin = call.constant(place), call.given(str(place))
        if array is None or array.ndim != 3 or array.shape[1] != rows:
            raise call.refused("has weights that do not fit together; it is damaged")
        call.keep(f"{origin.origin}[{way}]", f"{name}_l0{end}", gates(array[way]))
    if not bias:
        return
    array, origin = call.constant(3), call.given("3")
    if array is None or array.shape[1:] != (2 * rows,):
        raise call.refused("has a bias that does not fit its weights; it is damaged")
    for at, name in enumerate(("bias_ih", "bias_hh")):
        part = slice(at * rows, (at + 1) * rows)
        said = f"{origin.origin}[{way}, {part.start}:{part.stop}]"
        call.keep(said, f"{name}_l0{end}", gates(array[way, part]))


def _states(call: Call, direction: str, batch_first: bool) -> None:
    """Make the last state of one direction of what it gives at its last position; no
    layer gives those of both, or the state of the cell.
    """
    if direction == "both":
        return
    index = 0 if direction == "reverse" else -1
    call.further.append(([L.Select(1, index)], FIRST if batch_first else SECOND))
