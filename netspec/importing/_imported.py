"""What an import gives: a spec with its weights, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netspec.errors import ImportProblem, Obstacle, SpecError
from netspec.importing._graph import Array, Item, Reading, Weight
from netspec.importing._graphs import gathered
from netspec.importing._modules import nested
from netspec.importing._network import Network
from netspec.importing._parts import Part, Parts, fused
from netspec.importing._rewrites import Spelling, check, factored, live, summed
from netspec.layers import Identity, Parametric
from netspec.spec import PlacedChain, Spec, join_path


@dataclass(frozen=True)
class Imported:
    """A model that was imported.

    Attributes:
        spec: the model.
        params: its arrays by canonical path, all float32 or all float64.
        names: the name of each of them in the model that was imported.
        notes: what is not to the last bit as it was, or was chosen, in sentences.
        unused: parameters of the model that its output does not depend on.
        training_only: what the model has in training alone, and the spec has not.
    """

    spec: Spec
    params: Mapping[str, Array]
    names: Mapping[str, str]
    notes: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    training_only: tuple[str, ...] = ()


def imported(reading: Reading) -> Imported:
    """Make a spec of what a reader gave, with its weights.

    Raises:
        ImportProblem: lists all that cannot be imported; never a part of a model.
    """
    spec, chain, notes = planted(reading)
    weights = _weights(spec.graph, chain)
    if unfit := list(_unfit(spec, weights)):
        raise ImportProblem(reading.name, unfit)
    return Imported(
        spec,
        {path: weights[path].values for path in spec.parameters()},
        {path: weights[path].origin for path in spec.parameters()},
        (*reading.notes, *notes),
        reading.unused,
        reading.training_only,
    )


def _unfit(spec: Spec, weights: Mapping[str, Weight]) -> Iterator[Obstacle]:
    """Yield a problem for each parameter without an array that fits it."""
    for path, parameter in spec.parameters().items():
        if path not in weights:
            yield Obstacle(path, "parameter", None, "its reader gives no array")
        elif weights[path].values.shape != parameter.shape:
            shape, origin = weights[path].values.shape, weights[path].origin
            yield Obstacle(
                path,
                "parameter",
                None,
                f"{origin} gives {shape}, where the layer has {parameter.shape};"
                " the model is damaged",
            )


def planted(reading: Reading) -> tuple[Spec, Parts, list[str]]:
    """Make a tree of what a reader gave.

    Returns:
        The spec, the parts that its layers were made from, in order, and notes.

    Raises:
        ImportProblem: lists all that cannot be imported.
    """
    items = live(reading.items, reading.output)
    found = (item.made for item in items if isinstance(item.made, Obstacle))
    problems = [*reading.problems, *found]
    problems += [] if problems else check(reading, items)
    problems += _shared(items)
    if problems:
        raise ImportProblem(reading.name, problems)
    spelling = Spelling(reading, items)
    network = Network(reading, spelling.output, _simplified(spelling))
    parts = network.reduce()
    if network.problems:
        raise ImportProblem(reading.name, network.problems)
    parts = gathered(network) if parts is None else parts
    chain = fused(parts, reading.input_shape)
    return _spec(reading, chain), chain, network.notes


def _simplified(spelling: Spelling) -> list[Item]:
    items = live(spelling.items, spelling.output)
    return live(factored(summed(items)), spelling.output)


def _shared(items: list[Item]) -> Iterator[Obstacle]:
    """Yield a problem for each array that two layers read."""
    seen: set[str] = set()
    for item in items:
        origins = {weight.origin for weight in item.weights.values()}
        for origin in sorted(origins & seen):
            yield item.problem(
                f"reads {origin}, as a layer before it does; an import has no shared"
                " weights, so give each layer its own, and tie them in the spec"
            )
        seen |= origins


def _spec(reading: Reading, chain: Parts) -> Spec:
    layers = nested(chain) if chain else [Identity()]
    try:
        return Spec(
            reading.name, reading.input_shape, layers, input_dtype=reading.input_dtype
        )
    except SpecError as error:
        problem = Obstacle("", "the whole", None, str(error))
        raise ImportProblem(reading.name, [problem]) from None


def _weights(placed: PlacedChain, chain: Parts) -> dict[str, Weight]:
    """Return the arrays of the layers of a spec, which stand in the order of the parts
    that they were made from.
    """
    found = (n for n in placed.walk() if isinstance(n.layer, Parametric))
    return {
        join_path(node.path, name): weight
        for node, part in zip(found, _parametric(chain), strict=True)
        for name, weight in part.weights.items()
    }


def _parametric(chain: Parts) -> Iterator[Part]:
    for part in chain:
        if isinstance(part.plain, Parametric):
            yield part
        for branch in part.branches:
            yield from _parametric(branch)
