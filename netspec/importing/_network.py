"""A model as a network of two ends, and its reduction to one chain of parts.

Vertices are values, edges carry chains of layers. Two steps shorten it: *series*, where
a value with one reader is left out, and *parallel*, where all that a merge reads comes
from one value and becomes a container. A network that these reduce to one edge is
series-parallel (Valdes, Tarjan and Lawler, 1982), and then a tree.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from netspec.errors import Obstacle, SpecError
from netspec.importing._graph import INPUT, Item, Join, Reading
from netspec.importing._parts import Part, Parts, forked, leaf, path_of
from netspec.layers import Layer, Shape

SUMS = ("add", "multiply")  # whose result depends on the order by rounding alone
REGROUPED = (*SUMS, "maximum", "concat")


@dataclass(frozen=True)
class Edge:
    """Layers between two values.

    Attributes:
        source: key of the value that the first of them reads.
        parts: in order; may be empty.
    """

    source: str
    parts: Parts = ()


class Network:
    """Edges by the value that they lead to, in the order of the operands.

    Attributes:
        into: for each value that is left but the input, its edges.
        readers: for each value, the values that its edges lead to.
        notes: what became of the order in which values are added.
        problems: values that do not fit together.
    """

    def __init__(self, reading: Reading, output: str, items: Sequence[Item]) -> None:
        self.output = output
        self.items: Mapping[str, Item] = {item.key: item for item in items}
        self.into = {item.key: _edges(item) for item in items}
        self.readers: dict[str, list[str]] = {key: [] for key in (INPUT, *self.into)}
        for key, edges in self.into.items():
            for edge in edges:
                self.readers[edge.source].append(key)
        self.input_shape = reading.input_shape
        self.notes: list[str] = []
        self.problems: list[Obstacle] = []

    def shape(self, key: str) -> Shape:
        return self.input_shape if key == INPUT else self.items[key].shape

    def join_of(self, key: str) -> Join | None:
        """Return how the operands of a value are joined, where several are left."""
        made = self.items[key].made
        return made if isinstance(made, Join) and len(self.into[key]) > 1 else None

    def reduce(self) -> Parts | None:
        """Shorten the network as far as it goes.

        Returns:
            The chain from the input to the output; None where more is left.
        """
        self._shorten(self.into)
        while self.chain() is None:
            grouped = self._group() or self._flatten()
            if grouped is None:
                return None
            self._shorten(grouped)
        return self.chain()

    def chain(self) -> Parts | None:
        """Return the parts of the only edge; None where more is left."""
        if self.output == INPUT:
            return ()
        edges = self.into[self.output]
        only = len(self.into) == len(edges) == 1 and edges[0].source == INPUT
        return edges[0].parts if only else None

    def _shorten(self, keys: Iterable[str]) -> None:
        waiting = deque(keys)
        while waiting:
            key = waiting.popleft()
            if key not in self.into:
                continue
            source = self._parallel(key)
            if source is not None and source != INPUT:
                waiting.append(source)
            target = self._series(key)
            if target is not None:
                waiting.append(target)

    def _parallel(self, key: str) -> str | None:
        """Make a container of operands that all come from one value."""
        join, edges = self.join_of(key), self.into[key]
        if join is None or len(_sources(edges)) > 1:
            return None
        self._contain(key, join, range(len(edges)))
        return edges[0].source

    def _contain(self, key: str, join: Join, places: Sequence[int]) -> None:
        """Put one edge in the place of several that come from one value."""
        edges, item = self.into[key], self.items[key]
        some = [edges[place] for place in places]
        source = some[0].source
        branches = [edge.parts for edge in some]
        try:
            path = path_of(item.module)
            part = forked(join, self.shape(source), branches, path)
        except SpecError as error:
            self.problems.append(item.problem(error.problem))
            part = Part(item.shape, path, None, {}, join, tuple(branches))
        rest = [edge for place, edge in enumerate(edges) if place not in places]
        self.into[key] = [
            *rest[: places[0]], Edge(source, (part,)), *rest[places[0] :]
        ]  # fmt: skip
        for _ in some[1:]:
            self.readers[source].remove(key)

    def _series(self, key: str) -> str | None:
        """Leave out a value that one edge enters and one leaves."""
        edges = self.into[key]
        if key == self.output or len(edges) != 1 or len(self.readers[key]) != 1:
            return None
        (target,), (before,) = self.readers[key], edges
        del self.into[key]
        self._read_by(before.source, key, target)
        self.into[target] = [
            replace(edge, source=before.source, parts=before.parts + edge.parts)
            if edge.source == key
            else edge
            for edge in self.into[target]
        ]
        return target

    def _read_by(self, source: str, former: str, now: str) -> None:
        held = self.readers[source]
        held[held.index(former)] = now

    def _group(self) -> list[str] | None:
        """Join some operands of a merge that come from one value: neighbours, where
        their order has a meaning.
        """
        for key, edges in self.into.items():
            join = self.join_of(key)
            if join is None or join.merge not in REGROUPED:
                continue
            places = _together(edges, neighbours=join.merge == "concat")
            if places:
                if join.merge in SUMS and places != list(range(len(places))):
                    self._note(key)
                self._contain(key, join, places)
                return [edges[places[0]].source, key]
        return None

    def _flatten(self) -> list[str] | None:
        """Give the operands of a merge to the only merge that reads it, where that is
        one of its kind.
        """
        for key, edges in self.into.items():
            join = self.join_of(key)
            if join is None or join.merge not in REGROUPED:
                continue
            for place, edge in enumerate(edges):
                inner = edge.source
                nested = inner != INPUT and self.join_of(inner) == join
                if nested and not edge.parts and len(self.readers[inner]) == 1:
                    if join.merge in SUMS and place:
                        self._note(key)
                    self._splice(key, place, inner)
                    return [key]
        return None

    def _splice(self, key: str, place: int, inner: str) -> None:
        edges, operands = self.into[key], self.into.pop(inner)
        self.into[key] = [*edges[:place], *operands, *edges[place + 1 :]]
        for edge in operands:
            self._read_by(edge.source, inner, key)

    def _note(self, key: str) -> None:
        item = self.items[key]
        where = f"{item.module}: " if item.module else ""
        self.notes.append(
            f"{where}{item.operation} takes its operands in another order, which"
            " rounds otherwise"
        )


def _edges(item: Item) -> list[Edge]:
    if isinstance(item.made, Layer):
        (source,) = item.reads
        return [Edge(source, (leaf(item, item.made),))]
    return [Edge(key) for key in item.reads]


def _sources(edges: Sequence[Edge]) -> set[str]:
    return {edge.source for edge in edges}


def _together(edges: Sequence[Edge], neighbours: bool) -> list[int]:
    """Find places of several edges from one value, if not of all edges."""
    for start, first in enumerate(edges):
        places = [start]
        for place in range(start + 1, len(edges)):
            if edges[place].source == first.source:
                places.append(place)
            elif neighbours:
                break
        if len(places) > 1:
            return places
    return []
