"""What an import gives: a spec with its weights, and what is to be said of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO

from netspec.errors import ImportProblem, Obstacle, SpecError
from netspec.importing._graph import Array, Item, Reading, Weight
from netspec.importing._graphs import gathered
from netspec.importing._modules import nested
from netspec.importing._network import Network
from netspec.importing._parts import Part, Parts, fused
from netspec.importing._rewrites import Spelling, check, factored, live, summed
from netspec.importing._shared import ties, unsayable
from netspec.layers import Identity, Parametric
from netspec.spec import PlacedChain, Spec, join_path, save_params, write_params


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

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all of it to one ``.safetensors`` file, all or nothing; as any file of
        `netspec.save_params` it has the spec and its arrays.

        `netspec.importing.load` reads it, `netspec.importing.load_names` the names.

        Raises:
            NetspecError: the file cannot be written.

        Warns:
            UserWarning: values are not finite, or negative where none may be.
        """
        save_params(path, self.spec, self.params, self._beside())

    def write(self, file: BinaryIO) -> None:
        """Write the content of such a file to an open one."""
        write_params(file, self.spec, self.params, self._beside())

    def _beside(self) -> dict[str, object]:
        listed = {
            "names": dict(self.names),
            "notes": self.notes,
            "unused": self.unused,
            "training_only": self.training_only,
        }
        return {name: held for name, held in listed.items() if held}


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
    problems += [] if problems else unsayable(items, reading.input_shape)
    if problems:
        raise ImportProblem(reading.name, problems)
    spelling = Spelling(reading, items)
    network = Network(reading, spelling.output, _simplified(spelling))
    parts = network.reduce()
    if network.problems:
        raise ImportProblem(reading.name, network.problems)
    parts = gathered(network) if parts is None else parts
    chain = fused(parts, reading.input_shape)
    return _tied(reading, _spec(reading, chain), chain), chain, network.notes


def _simplified(spelling: Spelling) -> list[Item]:
    items = live(spelling.items, spelling.output)
    return live(factored(summed(items)), spelling.output)


def _spec(reading: Reading, chain: Parts) -> Spec:
    layers = nested(chain) if chain else [Identity()]
    try:
        return Spec(
            reading.name, reading.input_shape, layers, input_dtype=reading.input_dtype
        )
    except SpecError as error:
        problem = Obstacle("", "the whole", None, str(error))
        raise ImportProblem(reading.name, [problem]) from None


def _tied(reading: Reading, spec: Spec, chain: Parts) -> Spec:
    """Let parameters be one that have one array."""
    found = ties(_weights(spec.graph, chain))
    try:
        return replace(spec, ties=found) if found else spec
    except SpecError as error:
        path = str(error.path[-1]) if error.path else ""
        problem = Obstacle(path, "shared parameter", None, error.problem)
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
