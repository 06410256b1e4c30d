"""Check that what draws at random, such as dropout, does so wherever it stands."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from typing import NamedTuple

import numpy as np

from netspec.conformance import statistics
from netspec.conformance._subject import Subject
from netspec.conformance.checks._base import Findings
from netspec.conformance.judging import Case, decided
from netspec.contract import Array
from netspec.layers import Layer
from netspec.reference import Run, evaluate
from netspec.spec import Placed, Spec, map_layers, without_dropout

VALUES = 2**10  # that a layer sees at least
ZEROS = 64  # expected among them: with none of them the chance is exp(-64)
MOST_VALUES = 2**17
MOST_TOGETHER = 2**20  # where one draw zeroes several values


class Place(NamedTuple):
    """A layer that draws at random, and its position in a net.

    Attributes:
        node: the layer.
        before: number of layers before it that draw at random.
        values: number that must go through it, so that another seed shows.
    """

    node: Placed
    before: int
    values: int

    @property
    def verb(self) -> str:
        """What it does in its place."""
        return "draws" if self.node.layer.zeroing_rate is None else "drops"


def placed(subject: Subject) -> Findings:
    """Check that dropout drops in every kind of container.

    For each combination of enclosing containers, the first layer that zeroes values is
    tested, without what all others draw at random: two seeds must
    give two training outputs, provided that they do in the reference. Rates below 1 in
    2048 are left out, and draws for so many values that 2^20 are not enough.
    """
    for place in _places(subject.spec):
        spec, case = _alone(subject.spec, place.before), subject.case(train=True)
        seeds = subject.seed, subject.seed ^ 1
        examples = max(
            len(case.x), -(-place.values // math.prod(place.node.input_shape))
        )
        x = np.resize(case.x, (examples, *case.x.shape[1:]))
        if _differ(_reference_output(spec, case, x, seed) for seed in seeds):
            model = subject.compile(spec, params=case.params)
            given = model, spec, x
            varies = _differ(
                subject.backend.forward(*given, train=True, seed=seed) for seed in seeds
            )
            verb = place.verb
            reason = f"another seed, the same output: in the net it {verb} nothing"
            yield f"{place.node.path} {verb} in its place", decided(varies, reason)


def _places(spec: Spec) -> Iterator[Place]:
    """Find the first layer that zeroes values in each combination of containers."""
    nodes = list(spec.graph.walk())
    kinds = {node.path: type(node.layer).__name__ for node in nodes}
    found: dict[tuple[str, ...], Place] = {}
    for index, node in enumerate(n for n in nodes if n.layer.random):
        outer = node.path.split(".")[:-1]
        paths = [".".join(outer[: i + 1]) for i in range(len(outer))]
        kind = tuple(map(kinds.get, paths, outer))
        values = _enough(node)
        most = MOST_VALUES if node.layer.mask_axes is None else MOST_TOGETHER
        if values <= most:
            found.setdefault(kind, Place(node, index, math.ceil(values)))
    yield from found.values()


def _enough(node: Placed) -> float:
    """Give how many values must go through a layer so that seeds show.

    Of n draws two seeds give the same with a chance below exp(-2 n rate (1 - rate)).
    """
    rate, drawn = node.layer.zeroing_rate, node.layer.mask_axes
    if rate is None:
        return VALUES
    if not rate:
        return math.inf
    if drawn is None:
        return max(VALUES, ZEROS / rate)
    together = math.prod(node.input_shape[drawn - 1 :])
    return together * -math.log(statistics.ALPHA) / (2 * rate * (1 - rate))


def _alone(spec: Spec, before: int) -> Spec:
    """Keep what is random in the layer with `before` such layers before it, and nowhere
    else.
    """
    seen = count()

    def keep(layer: Layer) -> Layer:
        if not layer.random or next(seen) == before:
            return layer
        return without_dropout(layer)

    return replace(spec, layers=map_layers(keep, spec.layers))


def _reference_output(spec: Spec, case: Case, x: Array, seed: int) -> Array:
    run = Run(case.params, train=True, random=np.random.default_rng(seed))
    y, _ = evaluate(spec.graph, x, run)
    return y


def _differ(outputs: Iterable[Array]) -> bool:
    first, other = outputs
    return not np.array_equal(first, other, equal_nan=True)
