"""The largest values of windows that part positions evenly, or nearly so."""

from __future__ import annotations

from typing import Any

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing._values import Signal
from netspec.importing.symbols._composed import Composed, pattern
from netspec.importing.symbols._search import Reference

KINDS = {1: L.AdaptiveMaxPool1D, 2: L.AdaptiveMaxPool2D, 3: L.AdaptiveMaxPool3D}
EVEN = "Pooling(x, kernel=K, stride=K, pool_type='max')"
WINDOW = "Pooling(slice_axis(x, axis=A, begin=B, end=E), kernel=K, pool_type='max')"


@pattern(EVEN, "concat(*ys, dim=2)")
def adaptive_max(call: Composed) -> Made | None:
    """Recognize a pool along the last axis, of which another is along the axis before
    it, and so on to the first.
    """
    end = call.bound.get("x") or call.bound["ys"][0]
    value = call.value_of(end)
    rank = len(value.shape) - 2 if isinstance(value, Signal) else 0
    at, sizes = call.reference, []
    for axis in range(2, 2 + rank):
        found = even(call, at, axis) or parted(call, at, axis)
        if found is None:
            return None
        count, at = found
        sizes.append(count)
    source = call.value_of(at)
    if rank not in KINDS or not isinstance(source, Signal):
        return None
    if rank == 1 and "x" in call.bound:
        return None  # a pool as any other
    call.reads = (source,)
    return KINDS[rank](sizes)


def even(call: Composed, at: Reference, axis: int) -> tuple[int, Reference] | None:
    """Return how many windows of one size there are, and of what."""
    found = call.find(EVEN, at, {})
    if found is None:
        return None
    n = size_of(call, found["x"], axis)
    step = several(found["K"])
    alone = [k for place, k in enumerate(step, 2) if place != axis]
    taps = step[axis - 2] if axis - 2 < len(step) else 0
    if not taps or n % taps or any(k != 1 for k in alone):
        return None
    return n // taps, found["x"]


def parted(call: Composed, at: Reference, axis: int) -> tuple[int, Reference] | None:
    """Return how many windows there are, each read by itself, and of what."""
    joined = call.find("concat(*ys, dim=A)", at, {})
    if joined is None or joined["A"] != axis:
        return None
    windows = [call.find(WINDOW, one, {}) for one in joined["ys"]]
    count, source = len(windows), windows[0] and windows[0]["x"]
    n = size_of(call, source, axis) if source else 0
    for index, one in enumerate(windows):
        start, end = index * n // count, -(-(index + 1) * n // count)
        if one is None or one["x"] != source or one["A"] != axis:
            return None
        step = several(one["K"])
        if (one["B"], one["E"], step[axis - 2], sum(step)) != (
            *(start, end, end - start),
            end - start + len(step) - 1,
        ):
            return None
    return (count, source) if source else None


def size_of(call: Composed, at: Reference, axis: int) -> int:
    value = call.value_of(at)
    return value.shape[axis] if isinstance(value, Signal) else 0


def several(value: Any) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value,)
