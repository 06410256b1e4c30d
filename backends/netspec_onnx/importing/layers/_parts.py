"""Operations that keep a part of the values."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from netspec import layers as L
from netspec.importing import Made, Signal
from netspec_onnx.importing._call import Call, rule
from netspec_onnx.importing._values import Held
from netspec_onnx.importing.layers._sizes import keep_windows, nearest


@rule("Gather", anywhere=True)
def gather(call: Call) -> Made:
    """Take rows of a table, or what stands at one place, or in a row."""
    table, places = call.given("0"), call.given("1")
    if isinstance(table, Held) and isinstance(places, Signal):
        return embedding(call, table)
    if not isinstance(places, Held) or not isinstance(table, Signal):
        raise call.refused("takes what stands at computed places; netspec cannot")
    axis, size = call.axis(call.whole("axis", 0)), 0
    size = call.data.shape[axis]
    found = [int(n) % size for n in places.array.reshape(-1)]
    if places.array.ndim == 0:
        call.without_axis(axis)
        return L.Select(axis, found[0])
    if places.array.ndim == 2:
        keep_windows(call, axis, places.array)
    steps = {b - a for a, b in pairwise(found)} or {1}
    if places.array.ndim != 1 or len(steps) > 1 or min(steps) < 1:
        if places.array.ndim == 1 and (made := nearest(call, axis, places.array)):
            return made
        raise call.refused("takes places that are not in a row")
    step = steps.pop()
    return L.Slice(axis, start=found[0], stop=found[-1] + 1, step=step)


def embedding(call: Call, table: Held) -> Made:
    if table.array.ndim != 2 or call.whole("axis", 0) != 0:
        raise call.refused("takes rows of what is no table of two axes")
    call.parameter(0, "weight")
    vocabulary, dim = table.array.shape
    return L.Embedding(vocabulary, dim=dim)


@rule("Slice", anywhere=True)
def slice_(call: Call) -> Made:
    """Keep a part of each axis that is named, attributes before version 10."""
    starts, stops = call.integers(1, "starts"), call.integers(2, "ends")
    if starts is None or stops is None or len(starts) != len(stops):
        raise call.refused("has not as many ends as starts; the file is damaged")
    axes = call.integers(3, "axes") or list(range(len(starts)))
    steps = call.integers(4, "steps") or [1] * len(starts)
    parts = [slice(*one) for one in zip(starts, stops, steps, strict=True)]
    made = list(_sliced(call, axes, parts))
    return made or call.data


def _sliced(call: Call, axes: list[int], parts: list[slice]) -> Iterator[L.Layer]:
    for said, part in zip(axes, parts, strict=True):
        if said % call.rank == call.turn.start:
            _need_whole(call, part)
            continue
        axis = call.axis(said)
        size = call.data.shape[axis]
        start, stop, step = part.indices(size)
        if step < 1 or stop <= start:
            raise call.refused("keeps nothing, or turns an axis around")
        if (start, stop, step) != (0, size, 1):
            end = None if stop == size else stop
            yield L.Slice(axis, start=start, stop=end, step=step)


def _need_whole(call: Call, part: slice) -> None:
    size = call.around.fixed or call.batch
    if part.indices(size) != (0, size, 1):
        raise call.refused("takes a part of the batch")


@rule("Split", anywhere=True)
def split(call: Call) -> Made:
    axis = call.axis(call.whole("axis", 0))
    size = call.data.shape[axis]
    sizes = call.integers(1, "split")
    if sizes is None:
        count = call.whole("num_outputs", call.outputs)
        each = -(-size // max(count, 1))
        ends = [min((at + 1) * each, size) for at in range(count)]
    else:
        ends = [int(n) for n in np.cumsum(sizes)]
    if not ends or ends[-1] != size:
        raise call.refused(f"splits {size} values into parts of {sizes or ends}")
    starts = [0, *ends[:-1]]
    return tuple(
        L.Slice(axis, start=start, stop=None if stop == size else stop)
        for start, stop in zip(starts, ends, strict=True)
    )
