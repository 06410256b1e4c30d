"""Dropout in its place: whether it drops where it stands in the net."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import NamedTuple

import numpy as np

from netspec.conformance._subject import Subject
from netspec.conformance.checks._base import Findings
from netspec.conformance.judging import decided
from netspec.layers import Dropout, Identity, Layer
from netspec.spec import Placed, Spec, map_layers
from netspec_numpy import backend as reference

RATE = 0.5  # whatever it is in the net, so that a small layer shows it
VALUES = 2**10  # that it sees at least


class Place(NamedTuple):
    """A Dropout in a net.

    Attributes:
        node: the layer.
        before: how many others are before it.
    """

    node: Placed
    before: int


def placed(subject: Subject) -> Findings:
    """In training, the output of the net depends on the seed by the first Dropout on
    each way into it, all others left out; unless the reference's does not, either.
    """
    for place in _places(subject.spec):
        spec = _alone(subject.spec, place.before)
        same = Subject(reference, subject.spec, subject.dtype, subject.seed)
        if _varies(same, spec, place):
            reason = "another seed, the same output: in the net it drops nothing"
            varies = _varies(subject, spec, place)
            yield f"{place.node.path} drops in its place", decided(varies, reason)


def _places(spec: Spec) -> Iterator[Place]:
    """The first Dropout in each kind of place: in the same kinds of containers."""
    nodes = list(spec.graph.walk())
    kinds = {node.path: type(node.layer).__name__ for node in nodes}
    found: dict[tuple[str, ...], Place] = {}
    for index, node in enumerate(n for n in nodes if isinstance(n.layer, Dropout)):
        outer = node.path.split(".")[:-1]
        paths = [".".join(outer[: i + 1]) for i in range(len(outer))]
        way = tuple(map(kinds.get, paths, outer))
        if isinstance(node.layer, Dropout) and node.layer.rate:
            found.setdefault(way, Place(node, index))
    yield from found.values()


def _alone(spec: Spec, before: int) -> Spec:
    """The net with the Dropout that has so many before it, and no other."""
    seen = count()

    def keep(layer: Layer) -> Layer:
        if not isinstance(layer, Dropout):
            return layer
        kept = next(seen) == before
        return Dropout(RATE, name=layer.name) if kept else Identity(name=layer.name)

    return replace(spec, layers=map_layers(keep, spec.layers))


def _varies(subject: Subject, spec: Spec, place: Place) -> bool:
    case = subject.case(train=True)
    model, x = subject.compile(spec, params=case.params), case.x
    examples = max(len(x), -(-VALUES // math.prod(place.node.input_shape)))
    batch = np.resize(x, (examples, *x.shape[1:]))
    first, other = (
        subject.backend.forward(model, spec, batch, train=True, seed=seed)
        for seed in (subject.seed, subject.seed ^ 1)
    )
    return not np.array_equal(first, other, equal_nan=True)
