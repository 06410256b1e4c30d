"""The text of a source layer by layer, beside that of other frameworks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from netspec.program import Call, Items, Program, call
from netspec.program.render import Code, Listing, list_layers
from netspec.spec import Spec
from netspec_keras._calls import (
    CHAIN,
    JOIN,
    STEPS,
    USE,
    WIRE,
    inside,
    join_of,
    made_by,
    parts,
)
from netspec_keras._lowering import main_of
from netspec_keras._program import program
from netspec_keras._source import SEQUENTIAL, carried


def listing(spec: Spec) -> Listing:
    """List the text of the source of a spec layer by layer.

    Raises:
        BackendError: as `netspec_keras._source.source` does.
    """
    made = [*_all(program(spec).modules)]
    flat = call("keras:Sequential", Items(tuple(map(_shown, made))))
    own = carried(spec)
    found = list_layers(
        spec, Program(flat, ()), SEQUENTIAL, dtype="float32", carried=own
    )
    layers = dict(found.layers)
    for part in made:
        if part.path:
            layers[part.path] += _applied(part)
    return found._replace(layers=layers)


def _all(made: Call) -> Iterator[Call]:
    yield made
    for part in parts(made):
        yield from _all(part)


def _shown(made: Call) -> Call:
    """Make the call whose text stands for a layer."""
    if made.target == STEPS:
        steps: Sequence[Call] = inside(made)
        return replace(steps[main_of(steps)], path=made.path)
    if made.target == CHAIN:
        return Call("keras:Sequential", (Items((Code("..."),)),), path=made.path)
    if made.target == JOIN:
        return replace(join_of(made).merge, path=made.path)
    if made.target == WIRE:
        given = Code("inputs"), Code("outputs")
        return Call("keras:Model", given, path=made.path)
    return replace(made_by(made), path=made.path)


def _applied(made: Call) -> str:
    """Write what a layer is called with, where that is more than one tensor."""
    if made.target == JOIN:
        return "([..., ...])"
    if made.target == USE:
        given = ["..."] * int(str(made.args[1]))
        return f"({', '.join([*given, *(f'{k}={v}' for k, v in made.kwargs)])})"
    return ""
