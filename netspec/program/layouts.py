"""The layout of each activation: channels first or channels last.

A spec is channels first; some frameworks are fast, or at home, channels last. For these
layers with windows or channels run channels last, elementwise layers run in either
layout, and all others run channels first, as the spec says. A net is transposed where
it enters its convolutions and where it leaves them, not around each of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import singledispatch

from netspec.layers import INPUT, LAYERS, Container, Layer, Shape
from netspec.spec import Placed, PlacedChain


class Layout(Enum):
    """Position of the channels of a batch; examples of one axis are always FIRST."""

    FIRST = "channels first"
    LAST = "channels last"


LAYOUTS = {"any": None, "spatial": Layout.LAST, "spec": Layout.FIRST}


@singledispatch
def wanted(layer: Layer) -> Layout | None:
    """Return the layout in which a layer runs; None if it runs in either.

    By default this follows from the attribute `layout` of the layer; a function
    registered with ``@wanted.register`` overrides it for a custom layer. A container
    whose attribute `keeps_layout` is false runs channels first, and its chains read and
    give channels first.

    What a layer of netspec states about its axes does not count for a custom one that
    derives from it: it does not inherit the lowering, and may do something else.
    """
    inherits = _inherits(layer, "pointwise", "spatial", "layout")
    return Layout.FIRST if inherits else LAYOUTS[layer.layout]


def _inherits(layer: Layer, *facts: str) -> bool:
    """Tell whether a custom layer has these facts by deriving from one of netspec."""
    kinds = type(layer).__mro__
    stated = next(i for i, kind in enumerate(kinds) if vars(kind).keys() & set(facts))
    return any(map(_is_ours, kinds[1 : stated + 1])) and not _is_ours(kinds[0])


def _is_ours(kind: type) -> bool:
    ours = kind.__module__.startswith(f"{Layer.__module__.rpartition('.')[0]}.")
    return ours and kind.__name__ in LAYERS


def _keeps(container: Container) -> bool:
    return container.keeps_layout and not _inherits(container, "keeps_layout")


@dataclass(frozen=True)
class Flow:
    """Layouts around a layer.

    Attributes:
        reads: layout of the input as it arrives.
        runs: layout in which the layer runs; for a container, the one that its chains
            read.
        gives: layout of the output.
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
        """Plan a chain whose input has a layout; return the layout of its output."""
        for node in branch.nodes:
            runs = _reads(node, layout)
            gives = self._join(node, runs) if node.branches else runs
            gives = _fits(gives, node.output_shape)
            self[node.path] = Flow(layout, runs, gives)
            read = {key for branch in node.branches for key in branch.reads}
            for inner in node.branches:
                due = _fits(runs, inner.output_shape) if inner.key in read else gives
                self._due[inner.nodes[0].path] = due
            layout = gives
        return layout

    def _join(self, node: Placed, runs: Layout) -> Layout:
        container = _container(node)
        ends = {
            branch.key: self.follow(branch, _fits(runs, branch.input_shape))
            for branch in node.branches
        }
        if not _keeps(container):
            return Layout.FIRST
        if container.joins_input:
            return runs  # every chain comes back to that
        joined = {ends[key] for key in container.joined()}
        return joined.pop() if len(joined) == 1 else Layout.FIRST

    def due(self, branch: PlacedChain) -> Layout:
        """Return the layout that the output of a chain must have: that of the output of
        its container, or channels first for the chain of the whole net.
        """
        path = branch.nodes[0].path
        return self._due.get(path, Layout.FIRST)

    def end(self, branch: PlacedChain) -> Layout:
        """Return the layout that a planned chain gives."""
        return self[branch.nodes[-1].path].gives


def plan(graph: PlacedChain) -> Plan:
    """Plan the layouts of a net whose input is channels first."""
    made = Plan()
    made.follow(graph, Layout.FIRST)
    return made


def _reads(node: Placed, layout: Layout) -> Layout:
    """Return the layout in which a layer, or each chain of a container, reads."""
    if node.branches and _container(node).inline:
        return layout  # the layers in it convert what they need
    return _needs(node) or layout


def _needs(node: Placed) -> Layout | None:
    """Return the layout that a layer, or a chain of a container, needs, or None."""
    if len(node.input_shape) < 2:
        return Layout.FIRST
    if not node.branches:
        return wanted(node.layer)
    if not _keeps(_container(node)):
        return Layout.FIRST
    read = [branch for branch in node.branches if INPUT in branch.reads]
    needs = {_first(map(_needs, branch.nodes)) for branch in read}
    return Layout.LAST if Layout.LAST in needs else _first(needs)


def _fits(layout: Layout, shape: Shape) -> Layout:
    """Return the layout in which an example has this shape."""
    return layout if len(shape) > 1 else Layout.FIRST


def _container(node: Placed) -> Container:
    assert isinstance(node.layer, Container)
    return node.layer


def _first(needs: Iterable[Layout | None]) -> Layout | None:
    return next((need for need in needs if need is not None), None)


def axis_in(layout: Layout, axis: int, rank: int) -> int:
    """Return the position of an axis of the spec in a layout.

    Args:
        layout: layout of the batch.
        axis: axis in the spec, where the batch is 0 and the channels are 1.
        rank: number of axes of the batch.
    """
    if layout is Layout.FIRST:
        return axis
    position = axis % rank
    return -1 if position == 1 else position - 1
