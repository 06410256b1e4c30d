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
LARGE = frozenset({"nin", "vgg11"})  # at their published size
CORE = ("numpy", "torch", "gluon", "jax")


class Net(NamedTuple):
    """A net, and how it is compared.

    Attributes:
        source: where it is from.
        spec: the net.
        seeds: of all random draws.
        everywhere: whether every backend that is installed takes the first seed; else
            those of CORE take it, as they take the others.
        large: whether two backends at once would not fit into memory.
    """

    source: str
    spec: Spec
    seeds: tuple[int, ...]
    everywhere: bool = False
    large: bool = False

    def backends(self, seed: int) -> tuple[str, ...] | None:
        """Return the names of those that take a seed; None stands for all."""
        return None if self.everywhere and seed == self.seeds[0] else CORE


def nets() -> Iterator[Net]:
    """Yield every net, large ones last."""
    examples = {path.stem: load(path) for path in sorted(EXAMPLES.glob("*.yaml"))}
    for path in sorted(SPECS.glob("*.yaml")):
        yield Net("misleading", load(path), SEEDS, everywhere=True)
    for name in sorted(examples.keys() - LARGE):
        yield Net("examples/specs", examples[name], SEEDS, everywhere=True)
    for spec in NARROW.values():
        yield Net("examples/nets, narrow", spec, SEEDS[:1])
    yield Net("examples/nets", published.resnet18((3, 64, 64), 10), SEEDS[:1])
    for name in sorted(LARGE):
        yield Net("examples/specs", examples[name], SEEDS[:1], large=True)
