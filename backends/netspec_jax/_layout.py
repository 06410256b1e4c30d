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

from netspec.layers import Container, Layer
from netspec.spec import Placed, PlacedChain


class Layout(Enum):
    """Where the channels of a batch are; examples of one axis are always FIRST."""

    FIRST = "channels first"
    LAST = "channels last"


LAYOUTS = {"any": None, "spatial": Layout.LAST, "spec": Layout.FIRST}


@singledispatch
def wanted(layer: Layer) -> Layout | None:
    """Give the layout in which a layer runs; None if it takes what comes.

    By default it follows from the fact `layout` of the layer; a function decorated with
    ``@wanted.register`` says otherwise for a layer of your own. A container that does
    not state that it keeps the layout runs channels first, and so does what its chains
    read and give.
    """
    return LAYOUTS[layer.layout]


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

    def __init__(self) -> None:
        super().__init__()
        self._due: dict[str, Layout] = {}

    def follow(self, branch: PlacedChain, layout: Layout) -> Layout:
        """Plan a chain that reads a layout; returns the one that it gives."""
        for node in branch.nodes:
            runs = _reads(node, layout)
            gives = self._join(node, runs) if node.branches else runs
            if len(node.output_shape) < 2:
                gives = Layout.FIRST
            self[node.path] = Flow(layout, runs, gives)
            self._due |= {branch.nodes[0].path: gives for branch in node.branches}
            layout = gives
        return layout

    def _join(self, node: Placed, runs: Layout) -> Layout:
        ends = {self.follow(branch, runs) for branch in node.branches}
        container = _container(node)
        if not container.keeps_layout:
            return Layout.FIRST
        if container.joins_input:
            return runs  # every chain comes back to that
        return ends.pop() if len(ends) == 1 else Layout.FIRST

    def due(self, branch: PlacedChain) -> Layout:
        """The layout that a chain is to give: that of its container's output, or
        channels first, where it is the net.
        """
        path = branch.nodes[0].path
        return self._due.get(path, Layout.FIRST)

    def end(self, branch: PlacedChain) -> Layout:
        """The layout that a planned chain gives."""
        return self[branch.nodes[-1].path].gives


def plan(graph: PlacedChain) -> Plan:
    """The layouts of a net that reads channels first."""
    made = Plan()
    made.follow(graph, Layout.FIRST)
    return made


def _reads(node: Placed, layout: Layout) -> Layout:
    """The layout in which a layer, or each chain of a container, gets its input."""
    if node.branches and _container(node).inline:
        return layout  # the layers in it convert what they need
    return _needs(node) or layout


def _needs(node: Placed) -> Layout | None:
    """The layout that a layer, or a chain of a container, needs; None for any."""
    if len(node.input_shape) < 2:
        return Layout.FIRST
    if not node.branches:
        return wanted(node.layer)
    if not _container(node).keeps_layout:
        return Layout.FIRST
    needs = {_first(map(_needs, branch.nodes)) for branch in node.branches}
    return Layout.LAST if Layout.LAST in needs else _first(needs)


def _container(node: Placed) -> Container:
    assert isinstance(node.layer, Container)
    return node.layer


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
