"""Kinks: where a value so close to the edge of a piecewise function that rounding may
decide would make two right backends differ.

Every pre-activation keeps a margin of 6 sigma, sigma from the rounded replicas. To get
it, the bias of its channel is nudged, layer by layer, to the middle of the largest gap
within 0.15 standard deviations; this always succeeds, where redrawing inputs fails at
some 20,000 units.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from netspec.backend import Array
from netspec.conformance.tolerance import UNIT_ROUNDOFF
from netspec.graph import Branch, Node
from netspec.layers import (
    BatchNorm,
    Container,
    Conv1D,
    Conv2D,
    Dense,
    GroupNorm,
    Identity,
    InstanceNorm,
    LayerNorm,
    Residual,
    Sequential,
)
from netspec_numpy.choices import Decide, Decision

MARGIN = 6.0
REACH = 0.15

# Layers whose bias moves every value of a channel by the same amount, and the axis
CHANNEL_AXIS = {
    Dense: -1,
    Conv1D: 1,
    Conv2D: 1,
    BatchNorm: 1,
    GroupNorm: 1,
    InstanceNorm: 1,
    LayerNorm: -1,
}


def levels(decision: Decision, x: Array) -> Array:
    """What the decision compares with its edges: the value itself, or the winner's
    lead over each candidate.
    """
    if decision.kinks:
        return x
    return np.take_along_axis(x, decision.choice[None], 0) - x


def contested(decision: Decision, sigma: Array, dtype: str) -> Array:
    """Where rounding could move a value to another piece, as a mask over `choice`.

    Candidates of a pool that are equal to float64 rounding do not count. With random
    numbers they are copies of one value, or zeros after ReLU; whichever wins, the same
    gradient arrives upstream.

    Args:
        decision: as the exact run made it.
        sigma: standard deviation of `levels` under rounding.
        dtype: the format whose rounding it is.
    """
    level = levels(decision, decision.x)
    reach = MARGIN * sigma
    if decision.kinks:
        near = [np.abs(level - kink) < reach for kink in decision.kinks]
        return np.asarray(np.any(near, axis=0))
    tie = reach * (UNIT_ROUNDOFF["float64"] / UNIT_ROUNDOFF[dtype])
    return np.asarray(((level < reach) & (level > tie)).any(axis=0))


def biases(graph: Branch) -> dict[str, Node]:
    """For the path of each layer, the layer before it whose bias shifts its input."""
    found: dict[str, Node] = {}
    for chain in _chains(graph):
        for before, node in zip(chain.nodes, chain.nodes[1:], strict=False):
            source = found.get(before.path) if _passes(before) else _source(before)
            if source is not None:
                found[node.path] = source
    return found


def _chains(graph: Branch) -> Iterator[Branch]:
    yield graph
    for node in graph.nodes:
        for branch in node.branches:
            yield from _chains(branch)


def _passes(node: Node) -> bool:
    return isinstance(node.layer, Identity)


def _source(node: Node) -> Node | None:
    if isinstance(node.layer, Container):
        # what a body adds is shifted by the bias of its last layer
        chained = isinstance(node.layer, Residual | Sequential)
        return _source(node.branches[0].nodes[-1]) if chained else None
    shiftable = type(node.layer) in CHANNEL_AXIS and "bias" in node.parameters
    flat = shiftable and len(node.parameters["bias"].shape) == 1
    return node if flat else None


@dataclass
class Nudge:
    """Decides freely, after moving biases so that no value is near a kink.

    Attributes:
        sources: from `biases`.
        params: the parameters; moved biases are replaced.
    """

    sources: Mapping[str, Node]
    params: dict[str, Array] = field(default_factory=dict)

    def pin(
        self, path: str, x: Array, kinks: tuple[float, ...], decide: Decide
    ) -> tuple[Array, Array]:
        source = self.sources.get(path)
        if source is not None and kinks:
            x = x + self._move(source, x, kinks)
        return x, decide(x)

    def _move(self, source: Node, x: Array, kinks: tuple[float, ...]) -> Array:
        axis = CHANNEL_AXIS[type(source.layer)]
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
    """The shift within reach that keeps all values furthest from every kink."""
    reach = REACH * float(values.std()) or REACH
    hits = np.concatenate([kink - values for kink in kinks])
    inside = np.sort(hits[np.abs(hits) < reach])
    edges = np.concatenate([[-reach], inside, [reach]])
    widest = int(np.argmax(np.diff(edges)))
    return float(edges[widest] + edges[widest + 1]) / 2
