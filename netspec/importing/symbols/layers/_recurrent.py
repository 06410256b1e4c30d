"""Recurrent layers by the fused operator, of which one is several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from netspec import layers as L
from netspec.contract import Array
from netspec.importing._operation import Made
from netspec.importing.symbols._call import Held
from netspec.importing.symbols._composed import Composed, pattern
from netspec.importing.symbols._search import Reference, read

MODES: dict[str, tuple[Callable[..., L.Recurrent], int, dict[str, str]]] = {
    "lstm": (L.LSTM, 4, {}),
    "gru": (L.GRU, 3, {}),
    "rnn_tanh": (L.RNN, 1, {}),
    "rnn_relu": (L.RNN, 1, {"activation": "relu"}),
}
NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
ZEROS = "reshape(zeros_like(slice_axis(w, axis=1, begin=0, end=1)), shape=-1)"
KNOWN = {"mode", "state_size", "num_layers", "bidirectional", "p", "state_outputs"}
FUSED = "swapaxes(RNN(swapaxes(x, dim1=0, dim2=1), ps, *ss, **K), dim1=0, dim2=1)"


@pattern(FUSED.replace("(x,", "(reverse(x, axis=1),").join(["reverse(", ", axis=1)"]))
def reversed_recurrent(call: Composed) -> Made:
    return fused(call, "reverse")


@pattern(FUSED)
def recurrent(call: Composed) -> Made:
    return fused(call, "forward")


def fused(call: Composed, direction: str) -> Made:
    """Take one layer after another, each with its part of the parameters."""
    how = {key: read(text) for key, text in call["K"].items()}
    odd = {k for k, v in how.items() if k not in KNOWN and v not in (None, False)}
    if odd:
        raise call.refused(f"has {', '.join(sorted(odd))}, which no layer has")
    if not all(call.find("_zeros(shape=S)", one, {}) for one in call["ss"]):
        raise call.refused("begins at a state that it is given; give it none")
    both = bool(how.get("bidirectional", False))
    kind, gates, options = MODES[how["mode"]]
    units, count = how["state_size"], how["num_layers"]
    arrays = list(parameters(call, (gates * units, units, count, 1 + both)))
    made: list[L.Layer] = []
    for index in range(count):
        if made and how.get("p"):
            made.append(L.Dropout(how["p"]))
        fields = taken(call, arrays, index, count, 1 + both)
        way = "both" if both else direction
        made.append(call.settled(kind(units, direction=way, **fields, **options)))
    if direction == "reverse" and count > 1:
        raise call.refused("reads several layers from the last position to the first")
    return made


def taken(
    call: Composed, arrays: Sequence[Held | None], index: int, count: int, ways: int
) -> dict[str, Any]:
    """Take the arrays of one layer, whose biases may be zeros that nothing trains."""
    half = 2 * ways * count
    for place, name in enumerate(NAMES):
        for way in range(ways):
            at = half * (place // 2) + 2 * (index * ways + way) + place % 2
            held = arrays[at]
            end = "_reverse" if way else ""
            if held is not None:
                call.take(f"{name}_l0{end}", held.origin, held.array)
    biases = arrays[half + 2 * index * ways :][:2]
    return {"bias": biases[0] is not None, "recurrent_bias": biases[1] is not None}


def parameters(call: Composed, sizes: tuple[int, ...]) -> Iterator[Held | None]:
    """Yield the arrays in MXNet's order: the weights of all layers, then all biases."""
    packed = call.value("ps")
    if isinstance(packed, Held):
        yield from unpacked(call, packed, sizes)
        return
    for names in ("_rnn_param_concat(*qs, dim=0)", "concat(*qs, dim=0)"):
        if found := call.find(names, call["ps"], {}):
            yield from (array(call, one) for one in found["qs"])
            return
    raise call.refused("has parameters that are no arrays of the file")


def array(call: Composed, at: Reference) -> Held | None:
    """Return the array that is read as a vector; None for zeros."""
    flat = call.find("reshape(y, shape=-1)", at, {})
    inner = flat["y"] if flat else at
    held = call.value_of(inner)
    if isinstance(held, Held):
        return held
    if call.find(ZEROS, inner, {}) or call.find(f"reshape({ZEROS}, shape=-1)", at, {}):
        return None
    raise call.refused("has parameters that are no arrays of the file")


def unpacked(call: Composed, packed: Held, sizes: tuple[int, ...]) -> Iterator[Held]:
    """Take a vector apart, in which all parameters stand one after another."""
    rows, units, count, ways = sizes
    inputs = call.data.shape[-1]
    shapes: list[tuple[int, ...]] = []
    for index in range(count):
        width = inputs if index == 0 else units * ways
        shapes += [(rows, width), (rows, units)] * ways
    shapes += [(rows,)] * (2 * ways * count)
    vector = packed.array.reshape(-1)
    if vector.size != sum(int(np.prod(one)) for one in shapes):
        raise call.refused(f"{packed.origin} has another number of values")
    start = 0
    for shape in shapes:
        end = start + int(np.prod(shape))
        held: Array = vector[start:end].reshape(shape)
        yield Held(f"{packed.origin}[{start}:{end}]", held)
        start = end
