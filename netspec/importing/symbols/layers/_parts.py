"""Operations that keep a part of the values."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing.symbols._call import ABSENT, Call, rule
from netspec.importing.symbols._composed import Composed, pattern
from netspec.importing.symbols._search import read

CROPS = {1: L.Crop1D, 2: L.Crop2D, 3: L.Crop3D}
Ends = tuple[int | None, ...]


def axis_of(call: Call, default: int | None = None) -> int:
    """Return the axis, which is not that of the batch."""
    axis = call.whole("axis", default) % (len(call.before) + 1)
    if axis == 0:
        raise call.refused("takes a part of the batch")
    return axis


@rule("slice_axis")
def slice_axis(call: Call) -> Made:
    axis = call.whole("axis") % (len(call.before) + 1)
    end = call.text("end", "None")
    stop = None if end in ABSENT else call.whole("end")
    begin = call.whole("begin", 0)
    if axis == 0 and (begin, stop) == (0, None):
        return call.data
    return L.Slice(axis_of(call), start=begin, stop=stop)


@pattern("squeeze(slice_axis(x, axis=A, begin=B, end=E), axis=A)")
def select(call: Composed) -> Made | None:
    axis, index, end = call["A"], call["B"], call["E"]
    if axis == 0 or end != (index + 1 or None):
        return None
    return L.Select(axis, index)


@rule("slice")
def slice_axes(call: Call) -> Made:
    """Take a part along each axis: ends that are cut off, where there is no step."""
    begin, end, step = (
        read(call.text(key, "()")) or () for key in ("begin", "end", "step")
    )
    size = len(begin)
    steps = [one or 1 for one in step] or [1] * size
    if any(begin[:1] + end[:1]) or steps[:1] not in ([], [1]):
        raise call.refused("takes a part of the batch")
    if set(steps[2:]) <= {1} and not any(begin[1:2] + end[1:2]) and size > 2:
        return cropped(call, begin[2:], end[2:])
    axes = list(zip(begin, end, steps, strict=True))[1:]
    return [
        L.Slice(axis, start=first or 0, stop=last, step=every)
        for axis, (first, last, every) in enumerate(axes, 1)
    ]


def cropped(call: Call, begin: Ends, end: Ends) -> Made:
    sizes = call.before[1:]
    more = len(sizes) - len(begin)
    margins = []
    for n, first, last in zip(
        sizes, begin + (None,) * more, end + (None,) * more, strict=True
    ):
        start, stop, _ = slice(first, last).indices(n)
        margins.append((start, n - stop))
    return CROPS[len(sizes)](margins if len(margins) > 1 else margins[0])


@rule("SliceChannel", "split")
def split(call: Call) -> Made:
    axis = axis_of(call, 1)
    size, count = call.before[axis - 1], call.whole("num_outputs")
    if size % count:
        raise call.refused(f"splits {size} values into {count} parts")
    each = size // count
    squeezed = call.flag("squeeze_axis", False)
    if squeezed and each != 1:
        raise call.refused("leaves out an axis of more than one value")
    if squeezed:
        return tuple(L.Select(axis, index) for index in range(count))
    return tuple(
        L.Slice(axis, start=at * each, stop=(at + 1) * each) for at in range(count)
    )
