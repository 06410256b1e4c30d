"""Operations that keep a part of the values."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing.symbols._call import ABSENT, Call, rule


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
