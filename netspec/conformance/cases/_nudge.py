"""Move biases until no value is near a kink."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from netspec.contract import Array
from netspec.layers import Container
from netspec.reference import Decide
from netspec.spec import Placed, PlacedChain

REACH = 0.15  # standard deviations of a channel by which its bias may move


def biases(graph: PlacedChain) -> dict[str, Placed]:
    """Find, by the path of each layer, the layer before whose bias shifts its input."""
    found: dict[str, Placed] = {}
    for chain, first in _chains(graph):
        line = (first, *chain.nodes) if first else chain.nodes
        for before, node in pairwise(line):
            unchanged = before.layer.unchanged
            source = found.get(before.path) if unchanged else _source(before)
            if source is not None:
                found[node.path] = source
    return found


def _chains(
    graph: PlacedChain, before: Placed | None = None
) -> Iterator[tuple[PlacedChain, Placed | None]]:
    """Yield every chain with the layer in its container whose output it reads, if it
    reads that of one.
    """
    yield graph, before
    for node in graph.nodes:
        ends: dict[str | None, Placed] = {}
        for branch in node.branches:
            one = ends.get(branch.reads[0]) if len(branch.reads) == 1 else None
            yield from _chains(branch, one)
            ends[branch.key] = branch.nodes[-1]


def _source(node: Placed) -> Placed | None:
    """Find the layer, `node` or one inside it, whose bias shifts its output."""
    if isinstance(node.layer, Container):
        index = node.layer.shifting_chain
        return None if index is None else _source(node.branches[index].nodes[-1])
    bias = node.own.get("bias")
    if node.layer.bias_axis is None or bias is None or len(bias.shape) > 1:
        return None
    return node


@dataclass
class Nudge:
    """Choices that are free, after moving biases so that no value is near a kink.

    Attributes:
        sources: by the path of a layer, the layer whose bias shifts its input.
        params: parameters by path; moved biases are replaced.
    """

    sources: Mapping[str, Placed]
    params: dict[str, Array] = field(default_factory=dict)

    def pin(
        self, path: str, x: Array, kinks: tuple[float, ...], decide: Decide
    ) -> tuple[Array, Array]:
        source = self.sources.get(path)
        if source is not None and kinks:
            x = x + self._move(source, x, kinks)
        return x, decide(x)

    def _move(self, source: Placed, x: Array, kinks: tuple[float, ...]) -> Array:
        axis = source.layer.bias_axis or 0
        path = f"{source.path}.bias"
        channels = np.moveaxis(x, axis, 0).reshape(x.shape[axis], -1)
        shift = [_largest_gap(values, kinks) for values in channels]
        held = self.params[path]
        self.params[path] = (held + np.asarray(shift)).astype(held.dtype)
        moved = self.params[path].astype(np.float64) - held.astype(np.float64)
        shape = [1] * x.ndim
        shape[axis] = -1
        return moved.reshape(shape)


def _largest_gap(values: Array, kinks: tuple[float, ...]) -> float:
    """Return the shift within reach that keeps all values furthest from every kink."""
    reach = REACH * float(values.std()) or REACH
    hits = np.concatenate([kink - values for kink in kinks])
    inside = np.sort(hits[np.abs(hits) < reach])
    edges = np.concatenate([[-reach], inside, [reach]])
    widest = int(np.argmax(np.diff(edges)))
    return float(edges[widest] + edges[widest + 1]) / 2
