"""Resizing and pools that give a size, written as an index or as matrices: ONNX has no
operation for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from netspec import layers as L
from netspec.contract import Array
from netspec.errors import shorten
from netspec.importing import Made, Signal
from netspec.layers import adaptive_windows
from netspec_onnx.importing._call import Call, rule
from netspec_onnx.importing._values import FIRST
from netspec_onnx.importing.layers._upsample import KINDS as RESIZED
from netspec_onnx.importing.layers._upsample import target_fields
from netspec_onnx.layers import means

Kinds = Mapping[int, Callable[..., L.Layer]]

MEANS: Kinds = {
    1: L.AdaptiveAvgPool1D,
    2: L.AdaptiveAvgPool2D,
    3: L.AdaptiveAvgPool3D,
}
LARGEST: Kinds = {
    1: L.AdaptiveMaxPool1D,
    2: L.AdaptiveMaxPool2D,
    3: L.AdaptiveMaxPool3D,
}


def along(call: Call, kinds: Kinds, signal: Signal, axis: int, size: int) -> L.Layer:
    """Give an axis of positions a size: in one layer with those before it that were
    given theirs so.
    """
    sizes, before = list(signal.shape[2:]), call.made_by(signal)
    sizes[axis - 2] = size
    source = signal
    if before is not None and before.operation == call.name and call.sole(signal):
        above, same = call.read_by(before), isinstance(before.made, L.Layer)
        kind = type(kinds[len(sizes)](size=sizes))
        if same and isinstance(before.made, kind):
            source = above if above.shape[axis] == signal.shape[axis] else signal
    call.reads = (source,)
    if kinds is RESIZED:
        return kinds[len(sizes)](**target_fields(source.shape[2:], sizes))
    return kinds[len(sizes)](size=sizes)


def nearest(call: Call, axis: int, places: Array) -> L.Layer | None:
    """Recognize an index that takes the nearest positions; None where it does not."""
    m, n = places.size, call.data.shape[axis]
    fits = call.turn == FIRST and axis > 1 and len(call.before) - 1 in RESIZED
    if not fits or not np.array_equal(places % n, np.arange(m) * n // m):
        return None
    return along(call, RESIZED, call.data, axis, m)


def keep_windows(call: Call, axis: int, places: Array) -> None:
    """Keep an index of what each window sees, of which the largest may be taken."""
    shape = call.data.shape
    call.shape = (*shape[:axis], *places.shape, *shape[axis + 1 :])
    if call.turn == FIRST and axis > 1:
        call.around.windows[call.key] = axis, places


def largest(call: Call) -> L.Layer | None:
    """Recognize the largest value of each of the windows of an adaptive pool; None
    where it is none.
    """
    item = call.made_by(call.data)
    if item is None or item.key not in call.around.windows:
        return None
    axis, places = call.around.windows[item.key]
    source = call.read_by(item)
    alone = call.integers(1, "axes") == [axis + 1] and not call.whole("keepdims", 1)
    n, rank = source.shape[axis], len(source.shape) - 2
    seen = [set(row) for row in (places % n).tolist()]
    windows = [set(range(*ends)) for ends in adaptive_windows(n, len(places))]
    if not alone or seen != windows or rank not in LARGEST:
        return None
    return along(call, LARGEST, source, axis, len(places))


@rule("Einsum")
def einsum(call: Call) -> Made:
    """Recognize matrices of means along the axes of positions."""
    said = call.text("equation", "").replace(" ", "")
    left, _, out = said.partition("->")
    first, *terms = left.split(",")
    pairs = [f"{new}{old}" for new, old in zip(out[2:], first[2:], strict=False)]
    plain = len(set(first + out[2:])) == len(first + out[2:]) and out[:2] == first[:2]
    rank = len(call.before) - 1
    if not plain or terms != pairs or len(first) != rank + 2 or rank not in MEANS:
        raise call.refused(
            f"sums as {shorten(said)} says; netspec reads uneven means alone"
        )
    sizes = []
    for place, n in enumerate(call.before[1:], start=1):
        matrix = call.constant(place)
        fits = matrix is not None and matrix.ndim == 2 and matrix.shape[1] == n
        if (
            matrix is None
            or not fits
            or not np.array_equal(matrix, means(n, len(matrix)).astype(matrix.dtype))
        ):
            raise call.refused("multiplies axes by matrices that are no means")
        sizes.append(len(matrix))
    call.reads = (call.data,)
    return MEANS[rank](size=sizes)
