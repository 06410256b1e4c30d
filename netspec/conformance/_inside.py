"""Judge layers inside a net, each on what the backend itself gave it.

In a deep net rounding in float32 may move a gradient by more than a tenth, and with it
what a gross mistake there does. Not so from one layer to the next: given the input and
the cotangent that a layer had inside the backend's own net, the reference says sharply
what its parameters' gradients must be. A mistake elsewhere, in what is passed on, is
amplified as rounding is, and stays visible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from netspec.conformance._subnets import part
from netspec.conformance.judging import (
    BLUNT,
    Case,
    Expected,
    Forecast,
    Verdict,
    compare,
    forecast,
    norm,
    numerics_of,
    tensors,
)
from netspec.contract import Array, Backend, Trace
from netspec.layers import INPUT, Container
from netspec.reference import gathered
from netspec.spec import Placed, PlacedChain, with_tied

FOLLOWED = "rounding alone may exceed a tenth; right on what the layer itself was given"
ASTRAY = "wrong inside the net, on what the layer itself was given"


class Inside(NamedTuple):
    """A layer inside a net, and what it read there."""

    node: Placed
    x: Array


def too_blunt(
    verdicts: Mapping[str, Verdict], expected: Mapping[str, Expected]
) -> list[str]:
    """Name the tensors that agree, but might however wrong they were."""
    return [
        name
        for name, verdict in verdicts.items()
        if verdict.status == "inconclusive" and verdict.used <= verdict.allowed
        if name in expected and verdict.allowed > BLUNT * expected[name].size
    ]


def sharpen(
    verdicts: dict[str, Verdict],
    names: list[str],
    case: Case,
    received: Mapping[str, Array],
    trace: Trace,
    backend: Backend,
) -> dict[str, Verdict]:
    """Judge tensors that are too blunt by the layers inside the net.

    Args:
        verdicts: on all tensors of a step.
        names: those that are too blunt.
        case: the net, and the numbers at which it was evaluated.
        received: tensors of the step.
        trace: the same step, layer by layer.
        backend: computed both.

    Returns:
        The verdicts, where weak is what the layers inside show to be right, and a
        failure what they show to be wrong.
    """
    traced = tensors(trace.step)
    places = {at.node.path: at for at in _places(case.spec.graph, case.x, trace)}
    found = dict(verdicts)
    for name in names:
        if name.partition(" ")[2] in case.spec.ties.values():
            continue  # several layers make its gradient
        owner = _owner(name, case.spec.graph, places, trace)
        if owner is None or name not in traced:
            continue
        inside = _judged(name, owner, case, trace, backend)
        if inside is not None:
            found[name] = _sharper(found[name], inside, received[name], traced[name])
    return found


def _places(chain: PlacedChain, x: Array, trace: Trace) -> Iterator[Inside]:
    for node in chain.nodes:
        if not node.branches:
            yield Inside(node, x)
        values: dict[str | None, Array] = {INPUT: x}
        for branch in node.branches:
            read = gathered(branch, values)
            yield from _places(branch, read, trace)
            values[branch.key] = trace.outputs[branch.nodes[-1].path]
        x = trace.outputs[node.path]


def _owner(
    name: str, chain: PlacedChain, places: Mapping[str, Inside], trace: Trace
) -> Inside | None:
    """Find the layer that computes a tensor of a step; None if several do."""
    if name not in ("output", "grad_input"):
        path = name.partition(" ")[2]
        owners = (at for key, at in places.items() if path.startswith(f"{key}."))
        return next(owners, None)
    node = chain.nodes[-1 if name == "output" else 0]
    if isinstance(node.layer, Container) and node.layer.passes:
        end = _last(node) if name == "output" else _only_reader(node)
        return _owner(name, end, places, trace) if end else None
    if len(node.branches) != 1 or not node.branches[0].nodes:
        return places.get(node.path)
    (inner,) = node.branches
    last, whole = inner.nodes[-1].path, trace.outputs[node.path]
    if not np.array_equal(trace.outputs[last], whole, equal_nan=True):
        return None  # more than its chain, such as a sum
    return _owner(name, inner, places, trace)


def _last(node: Placed) -> PlacedChain:
    """Return the chain whose output a container passes on."""
    assert isinstance(node.layer, Container)
    (key,) = node.layer.joined()
    return next(branch for branch in node.branches if branch.key == key)


def _only_reader(node: Placed) -> PlacedChain | None:
    """Return the chain that reads what a container does; None if several do."""
    first, *others = (b for b in node.branches if INPUT in b.reads)
    return None if others or len(first.reads) > 1 else first


def _judged(
    name: str, at: Inside, case: Case, trace: Trace, backend: Backend
) -> Verdict | None:
    """Judge one tensor of a layer, given what the layer read inside the net."""
    node, x = at
    spec = part(case.spec.name, case.spec, [node])
    (inner,) = spec.graph.nodes

    def renamed(path: str) -> str:
        return inner.path + path.removeprefix(node.path)

    params = {
        renamed(path): value
        for path, value in with_tied(case.params, case.spec.ties).items()
        if path.startswith(f"{node.path}.")
    }
    cotangent = trace.grads[node.path]
    alone = Case(spec, params, x, cotangent, case.train, case.dtype)
    numerics = numerics_of(backend, alone)
    expected = forecast(alone, numerics)
    what, _, path = name.partition(" ")
    tensor = f"{what} {renamed(path)}" if path else name
    if tensor not in expected.tensors:
        return None
    of_tensor = Forecast({tensor: expected.tensors[tensor]}, expected.kinks)
    value = tensors(trace.step)[name]
    return compare({tensor: value}, alone, numerics, of_tensor).verdicts[tensor]


def _sharper(
    blunt: Verdict, inside: Verdict, received: Array, traced: Array
) -> Verdict:
    apart = norm(received - traced)
    if inside.status == "fail" and not apart:
        return replace(inside, reason=f"{ASTRAY}: {inside.reason}")
    right = inside.good or inside.status == "weak"
    if right and apart <= BLUNT * norm(traced):
        return replace(blunt, status="weak", reason=FOLLOWED)
    return blunt
