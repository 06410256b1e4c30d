"""Models as a reader gives them, written by hand."""

from __future__ import annotations

from collections.abc import Iterator

import netspec as ns
from netspec.importing import INPUT, Item, Join, Reading
from netspec.layers import Layer, Shape

Entry = tuple[str, Layer | Join | None, str | tuple[str, ...], str]


def read(shape: Shape, *entries: Entry) -> Reading:
    """A reading of entries (key, what makes it, what it reads, module), the last of
    which is the output.
    """
    items = tuple(_items(shape, entries))
    return Reading("model", shape, items[-1].key if items else INPUT, items)


def _items(shape: Shape, entries: tuple[Entry, ...]) -> Iterator[Item]:
    shapes = {INPUT: shape}
    for key, made, reads, module in entries:
        keys = (reads,) if isinstance(reads, str) else reads
        before = [shapes[one] for one in keys]
        if isinstance(made, Layer):
            shapes[key] = made.output_shape(before[0])
        elif isinstance(made, Join):
            held = [[ns.Reshape(one)] for one in before]
            joined = ns.Parallel(held, merge=made.merge, axis=made.axis)
            shapes[key] = joined.join(before[0], before)
        else:
            shapes[key] = before[0]
        yield Item(key, keys, made, shapes[key], module, "op")
