"""In which layout each activation is.

A spec is channels first; XLA's convolutions are fast channels last. So whatever has
windows or channels runs channels last, what acts element by element takes what comes,
and the rest is channels first, as the spec says: a net is transposed where it enters
its convolutions and where it leaves them, not around each of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import singledispatch

from netspec import layers as L
from netspec.layers import Elementwise, GlobalPool
from netspec.spec import Placed, PlacedChain


class Layout(Enum):
    """Where the channels of a batch are; examples of one axis are always FIRST."""

    FIRST = "channels first"
    LAST = "channels last"


@singledispatch
def wanted(layer: L.Layer) -> Layout | None:
    """The layout in which a layer runs; None if it takes what comes.

    A layer of your own is channels first unless a function decorated with
    ``@wanted.register`` says otherwise; a container of your own is, and so is what its
    chains read and give.
    """
    return Layout.FIRST


@wanted.register
def anything(
    layer: Elementwise | L.Dropout | L.Identity | L.Softmax | L.LogSoftmax,
) -> None:
    return None


@wanted.register
def last(
    layer: L.Conv1D
    | L.Conv2D
    | L.MaxPool1D
    | L.MaxPool2D
    | L.AvgPool1D
    | L.AvgPool2D
    | GlobalPool
    | L.Pad1D
    | L.Pad2D
    | L.BatchNorm
    | L.GroupNorm
    | L.InstanceNorm,
) -> Layout:
    return Layout.LAST


@wanted.register
def prelu(layer: L.PReLU) -> Layout | None:
    return Layout.LAST if layer.per_channel else None


def layout_of(layer: L.Layer) -> Layout | None:
    """`wanted`, where what is ours does not speak for a layer that a user derived."""
    speaks = wanted.dispatch(type(layer)).__module__
    derived = speaks == __name__ and not type(layer).__module__.startswith(L.__name__)
    return Layout.FIRST if derived else wanted(layer)


@dataclass(frozen=True)
class Flow:
    """Layouts around a layer.

    Attributes:
        reads: that of its input as it comes.
        runs: that in which it runs; of a container, that which its chains read.
        gives: that of its output.
    """

    reads: Layout
    runs: Layout
    gives: Layout


class Plan(dict[str, Flow]):
    """The layouts of a net by path."""

    def follow(self, branch: PlacedChain, layout: Layout) -> Layout:
        """Plan a chain that reads a layout; returns the one that it gives."""
        for node in branch.nodes:
            runs = _reads(node, layout)
            gives = self._join(node, runs) if node.branches else runs
            if len(node.output_shape) < 2:
                gives = Layout.FIRST
            self[node.path] = Flow(layout, runs, gives)
            layout = gives
        return layout

    def _join(self, node: Placed, runs: Layout) -> Layout:
        ends = {self.follow(branch, runs) for branch in node.branches}
        if type(node.layer) not in OUR_CONTAINERS:
            return Layout.FIRST
        if isinstance(node.layer, L.Residual) and node.layer.shortcut is None:
            ends.add(runs)
        return ends.pop() if len(ends) == 1 else Layout.FIRST

    def end(self, branch: PlacedChain) -> Layout:
        """The layout that a planned chain gives."""
        return self[branch.nodes[-1].path].gives


def plan(graph: PlacedChain) -> Plan:
    """The layouts of a net that reads channels first."""
    made = Plan()
    made.follow(graph, Layout.FIRST)
    return made


OUR_CONTAINERS = (L.Sequential, L.Residual, L.Parallel)


def _reads(node: Placed, layout: Layout) -> Layout:
    """The layout in which a layer, or each chain of a container, gets its input."""
    if type(node.layer) is L.Sequential:
        return layout  # the layers in it convert what they need
    return _needs(node) or layout


def _needs(node: Placed) -> Layout | None:
    """The layout that a layer, or a chain of a container, needs; None for any."""
    if len(node.input_shape) < 2:
        return Layout.FIRST
    if not node.branches:
        return layout_of(node.layer)
    if type(node.layer) not in OUR_CONTAINERS:
        return Layout.FIRST
    needs = {_first(map(_needs, branch.nodes)) for branch in node.branches}
    return Layout.LAST if Layout.LAST in needs else _first(needs)


def _first(needs: Iterable[Layout | None]) -> Layout | None:
    return next((need for need in needs if need is not None), None)


def axis_in(layout: Layout, axis: int, rank: int) -> int:
    """Where an axis of the spec is in a layout.

    Args:
        layout: of the batch.
        axis: counts the batch as 0, the channels as 1.
        rank: of the batch.
    """
    if layout is Layout.FIRST:
        return axis
    place = axis % rank
    return -1 if place == 1 else place - 1
