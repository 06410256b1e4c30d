"""Recurrent layers whose positions are written out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing.symbols._call import Held
from netspec.importing.symbols._composed import Composed, pattern
from netspec.importing.symbols._search import Bound, Reference
from netspec.importing.symbols.layers._recurrent import NAMES, ZEROS

AT = "reshape(slice_axis(i, axis=1, begin=T, end=E), shape=(-3, 0))"
INPUTS = "FullyConnected(x, u, p, flatten=False, num_hidden=N)"
RELU = f"relu(a + FullyConnected(h, w, b, num_hidden=U)) where a = {AT}"
GATES, NEW = "axis=0, begin=0, end=V", "axis=0, begin=V, end=None"
RESET = (
    "(1 - g[1]) * n + g[1] * h"
    " where n = tanh(slice_axis(a, axis=1, begin=V, end=None)"
    f" + FullyConnected(g[0] * h, slice_axis(w, {NEW}), slice_axis(b, {NEW}),"
    " num_hidden=U))"
    f" where a = {AT}"
).replace(
    "g[",
    "split(sigmoid(slice_axis(a, axis=1, begin=0, end=V) + FullyConnected(h,"
    f" slice_axis(w, {GATES}), slice_axis(b, {GATES}), num_hidden=V)), axis=1,"
    " num_outputs=2)[",
)
STEPS: dict[str, tuple[Callable[..., L.Recurrent], dict[str, Any]]] = {
    RELU: (L.RNN, {"activation": "relu"}),
    RESET: (L.GRU, {"reset_after": False}),
}


@pattern("concat(stack(*fs, axis=1), stack(*rs, axis=1), dim=2)")
def both_ways(call: Composed) -> Made | None:
    return unrolled(call, [("fs", False), ("rs", True)], "both")


@pattern("stack(*ys, axis=1)")
def one_way(call: Composed) -> Made | None:
    return unrolled(call, [("ys", False)], "forward")


@pattern("reverse(stack(*ys, axis=1), axis=1)")
def last_first(call: Composed) -> Made | None:
    made = unrolled(call, [("ys", False)], "reverse")
    source = call.find("reverse(z, axis=1)", call["x"], {}) if made else None
    if source is None:
        return None
    call.bound = {**call.bound, "x": source["z"]}
    return made


def unrolled(
    call: Composed, ways: list[tuple[str, bool]], direction: str
) -> L.Layer | None:
    """Make the layer whose states at all positions these are."""
    for step, (kind, options) in STEPS.items():
        found = [
            chained(call, step, call[letter][::-1] if back else call[letter], back)
            for letter, back in ways
        ]
        held = [one for one in found if one is not None]
        if len(held) == len(ways):
            call.bound = {**call.bound, "x": held[0]["x"]}
            fields = [own(call, one, way) for way, one in enumerate(held)]
            units = int(held[0]["U"])
            return kind(units, direction=direction, **fields[0], **options)
    return None


def chained(
    call: Composed, step: str, states: tuple[Reference, ...], back: bool
) -> Bound | None:
    """Follow states from the first to the last; return what all steps have alike."""
    alike: Bound = {}
    before: Reference | None = None
    count = len(states)
    for index, state in enumerate(states):
        found = call.find(step, state, {**alike, **({"h": before} if before else {})})
        place = count - 1 - index if back else index
        if found is None or (found["T"], found["E"]) != (place, place + 1):
            return None
        if before is None and not call.find("zeros_like(z)", found["h"], {}):
            return None
        alike = {key: found[key] for key in "iwbUV" if key in found}
        before = state
    return call.find(INPUTS, alike["i"], alike) if alike else None


def own(call: Composed, found: Bound, way: int) -> dict[str, Any]:
    """Take the arrays of one direction; a bias may be zeros that nothing trains."""
    end = "_reverse" if way else ""
    given = {}
    for letter, name in zip("uwpb", NAMES, strict=True):
        value = call.value_of(found[letter])
        if isinstance(value, Held):
            call.take(f"{name}_l0{end}", value.origin, value.array)
        elif letter in "uw" or not call.find(
            ZEROS.replace("w", "z"), found[letter], {}
        ):
            raise call.refused("has parameters that are no arrays of the file")
        given[letter] = isinstance(value, Held)
    return {"bias": given["p"], "recurrent_bias": given["b"]}
