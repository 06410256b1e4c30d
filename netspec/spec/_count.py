"""Count the layers of a model before any of them is placed.

A container that holds one layer object twice costs nothing in Python, but each place is
a layer of the model: 60 of them inside each other would be 2^60 layers. Counting takes
each object once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from netspec.declare import MAX_DEPTH
from netspec.errors import Path, SpecError
from netspec.layers import Chain, Container, Layer

MOST_LAYERS = 2**18  # 262,144; ResNet-152 has 517


def check_count(chain: Chain) -> None:
    """Refuse a model of more than `MOST_LAYERS` layers, containers included.

    Raises:
        SpecError: names the innermost list of layers that has too many, and how many.
    """
    counts: dict[int, int] = {}
    if _count(chain.layers, counts, 1) <= MOST_LAYERS:
        return
    where, count = _innermost(chain, counts)
    raise SpecError(
        f"a spec has at most {MOST_LAYERS:,} layers, containers included, received"
        f" {count:,} here; a layer that stands in several places counts in each, so"
        " nest fewer containers, or make it narrower",
        where,
    )


def _count(layers: Sequence[Layer], counts: dict[int, int], level: int) -> int:
    """Count the layers of a chain, and remember the count of each container."""
    return sum(
        _count_container(layer, counts, level) if isinstance(layer, Container) else 1
        for layer in layers
    )


def _count_container(layer: Container, counts: dict[int, int], level: int) -> int:
    if level > MAX_DEPTH:  # refused for its depth where it is placed
        return 1
    if id(layer) not in counts:
        held = [chain.layers for chain in layer.chains()]
        times = Counter(map(id, held))  # of Repeat, the same layers each time
        inside = {id(layers): layers for layers in held}
        counts[id(layer)] = 1 + sum(
            times[key] * _count(layers, counts, level + 1)
            for key, layers in inside.items()
        )
    return counts[id(layer)]


def _innermost(chain: Chain, counts: dict[int, int]) -> tuple[Path, int]:
    where, layers = chain.where, chain.layers
    while True:
        found = (
            ((*where, index, *inner.where), inner.layers)
            for index, layer in enumerate(layers)
            if isinstance(layer, Container)
            for inner in layer.chains()
            if _count(inner.layers, counts, 1) > MOST_LAYERS
        )
        deeper = next(found, None)
        if deeper is None:
            return where, _count(layers, counts, 1)
        where, layers = deeper
