"""Rewrites of what a reader gave, before it is taken for a network: one spelling of
each layer, no values that nothing reads, and merges in the form that a tree can hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from netspec.errors import Obstacle, SpecError
from netspec.importing._graph import INPUT, Item, Join, Reading
from netspec.importing._network import SUMS
from netspec.layers import Container, Layer, Shape, reshaped, spelled

SUM_JOINS = tuple(map(Join, SUMS))
REPEATED = (
    "a value that is repeated must be joined with one of its new shape; where there is"
    " none, report it"
)


def live(items: Sequence[Item], output: str) -> list[Item]:
    """Return the items that the output depends on, in order."""
    wanted, found = {output}, []
    for item in reversed(items):
        if item.key in wanted:
            wanted.update(item.reads)
            found.append(item)
    return found[::-1]


def check(reading: Reading, items: Iterable[Item]) -> Iterator[Obstacle]:
    """Yield what a layer gives otherwise than the framework does, or refuses."""
    shapes = {INPUT: reading.input_shape}
    for item in items:
        made, before = item.made, [shapes[key] for key in item.reads]
        shapes[item.key] = before[0] if made is None else item.shape
        if isinstance(made, Container | Obstacle):
            continue
        name = item.operation if made is None else _name(made)
        try:
            given = before[0] if made is None else _given(made, before)
        except SpecError as error:
            yield item.problem(f"{name}: {error.problem}")
            continue
        if given != item.shape and (made or item.key == reading.output):
            yield item.problem(f"{name} gives {given} here; {REPEATED}")


def _name(made: Layer | Join) -> str:
    return made.merge if isinstance(made, Join) else type(made).__name__


def _given(made: Layer | Join, before: Sequence[Shape]) -> Shape:
    """Return the shape of one example that is made of values of these shapes."""
    if isinstance(made, Layer):
        return made.output_shape(before[0])
    return made.shape(before) if len(before) > 1 else before[0]


class Spelling:
    """One spelling of the operations of a model.

    Attributes:
        items: what is left of them, in order.
        output: key of the value that the model gives.
    """

    def __init__(self, reading: Reading, items: Iterable[Item]) -> None:
        self._held: dict[str, Item] = {}
        self._same = {INPUT: INPUT}
        self._input_shape = reading.input_shape
        for item in items:
            reads = tuple(self._same[key] for key in item.reads)
            self._same[item.key] = item.key
            self._take(replace(item, reads=reads))
        self.output = self._same[reading.output]
        self.items = tuple(self._held.values())

    def _shape(self, key: str) -> Shape:
        return self._input_shape if key == INPUT else self._held[key].shape

    def _take(self, item: Item) -> None:
        made = item.made
        if isinstance(made, Join):
            self._join(item, made)
        elif isinstance(made, Container):
            self._held[item.key] = item
        elif isinstance(made, Layer):
            self._layer(item, made)
        else:
            self._same[item.key] = item.reads[0]

    def _join(self, item: Item, join: Join) -> None:
        if len(item.reads) > 1:
            self._held[item.key] = item
        elif join.merge == "stack":  # of one value: a new axis of size 1
            self._reshaped(item)
        else:
            self._same[item.key] = item.reads[0]

    def _layer(self, item: Item, layer: Layer) -> None:
        """Put the layers that a layer is spelled with, one after another."""
        layers = spelled(layer, self._shape(item.reads[0]))
        reads = item.reads
        for index, one in enumerate(layers):
            last = index == len(layers) - 1
            key = item.key if last else f"{item.key}~{index}"
            shape = item.shape if last else one.output_shape(self._shape(reads[0]))
            self._same[key] = key
            self._put(replace(item, key=key, reads=reads, made=one, shape=shape))
            reads = (self._same[key],)
        if not layers:
            self._same[item.key] = reads[0]

    def _put(self, item: Item) -> None:
        if isinstance(item.made, Layer) and item.made.reshapes:
            self._reshaped(item)
        else:
            self._held[item.key] = item

    def _reshaped(self, item: Item) -> None:
        """Give values another shape, whatever shapes they have had just before."""
        before = self._held.get(item.reads[0])
        if before and isinstance(before.made, Layer) and before.made.reshapes:
            item = replace(item, reads=before.reads)
        layers = reshaped(self._shape(item.reads[0]), item.shape)
        if layers:
            self._held[item.key] = replace(item, made=layers[0])
        else:
            self._same[item.key] = item.reads[0]


def summed(items: Sequence[Item]) -> list[Item]:
    """Let a sum take the operands of the sum that it begins with, where nothing else
    reads that and one module has both: frameworks add two at a time, first to last.
    """
    readers = Counter(key for item in items for key in item.reads)
    held: dict[str, Item] = {}
    for item in items:
        first = held.get(item.reads[0]) if item.made in SUM_JOINS else None
        begun = first and first.made == item.made and first.module == item.module
        reads = item.reads
        if first and begun and readers[first.key] == 1:
            del held[first.key]
            reads = first.reads + reads[1:]
        held[item.key] = replace(item, reads=reads)
    return list(held.values())


def factored(items: Sequence[Item]) -> list[Item]:
    """Let a concatenation read another whose operands are its first or its last: what
    a dense block gives becomes a chain.
    """
    found: list[Item] = []
    earlier: dict[tuple[Join, tuple[str, ...]], str] = {}
    for item in items:
        join, reads = item.made, item.reads
        if isinstance(join, Join) and join.merge == "concat":
            found.append(replace(item, reads=_shorter(join, reads, earlier)))
            earlier.setdefault((join, reads), item.key)
        else:
            found.append(item)
    return found


def _shorter(
    join: Join,
    reads: tuple[str, ...],
    earlier: Mapping[tuple[Join, tuple[str, ...]], str],
) -> tuple[str, ...]:
    """Put an earlier concatenation, the longest, in the place of its operands."""
    for size in range(len(reads) - 1, 1, -1):
        first, last = reads[:size], reads[-size:]
        if (join, first) in earlier:
            return (earlier[join, first], *reads[size:])
        if (join, last) in earlier:
            return (*reads[:-size], earlier[join, last])
    return reads
