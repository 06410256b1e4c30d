"""The nets on which sound backends must pass."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nets as published
from netspec import Spec, load
from tests.narrow import NARROW

EXAMPLES = Path(__file__).parents[2] / "examples/specs"
SPECS = Path(__file__).with_name("specs")  # each has misled a conformance suite
SEEDS = tuple(range(5))
ONE_SEED = frozenset({"nin", "vgg11"})  # at their published size


class Net(NamedTuple):
    """A net, and the seeds with which it is compared.

    Attributes:
        source: where it is from.
        spec: the net.
        seeds: of all random draws.
    """

    source: str
    spec: Spec
    seeds: tuple[int, ...]


def nets() -> Iterator[Net]:
    """Yield every net, small ones first within each source."""
    for path in sorted(SPECS.glob("*.yaml")):
        yield Net("misleading", load(path), SEEDS)
    for path in sorted(EXAMPLES.glob("*.yaml")):
        seeds = (0,) if path.stem in ONE_SEED else SEEDS
        yield Net("examples/specs", load(path), seeds)
    for spec in NARROW.values():
        yield Net("examples/nets, narrow", spec, (0,))
    yield Net("examples/nets", published.resnet18((3, 64, 64), 10), (0,))
