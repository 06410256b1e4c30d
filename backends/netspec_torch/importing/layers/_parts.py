"""Operations that keep a part of the values."""

from __future__ import annotations

from netspec import layers as L
from netspec.importing import Made
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read

END = 2**63 - 1  # where a slice has no end


@read.register("aten.slice")
def slice_(call: Call) -> Made:
    axis, size = axis_of(call)
    start, stop, step = slice(call["start"], call["end"], call["step"]).indices(size)
    if (start, stop, step) == (0, size, 1):
        return call.signal
    return part(call, axis, start, stop, step)


def axis_of(call: Call) -> tuple[int, int]:
    """Return the axis, from 0, and its size."""
    shape = call.signal.shape
    axis = call["dim"] % len(shape)
    return axis, shape[axis]


def part(call: Call, axis: int, start: int, stop: int, step: int = 1) -> L.Layer:
    if axis == 0:
        raise call.refused("takes a part of the batch")
    size = call.signal.shape[axis]
    return L.Slice(axis, start=start, stop=None if stop == size else stop, step=step)


@read.register("aten.narrow")
def narrow(call: Call) -> L.Layer:
    axis, _ = axis_of(call)
    return part(call, axis, call["start"], call["start"] + call["length"])


@read.register("aten.select")
def select(call: Call) -> L.Layer:
    axis, _ = axis_of(call)
    if axis == 0:
        raise call.refused("takes one example of the batch")
    return L.Select(axis, call["index"])


@read.register("aten.chunk")
def chunk(call: Call) -> Made:
    _, size = axis_of(call)
    return split_by(call, -(-size // call["chunks"]))


@read.register("aten.split")
def split(call: Call) -> Made:
    return split_by(call, call["split_size"])


def split_by(call: Call, size: int) -> Made:
    axis, whole = axis_of(call)
    starts = range(0, whole, size)
    return tuple(part(call, axis, at, min(at + size, whole)) for at in starts)


@read.register("aten.split_with_sizes")
def split_with_sizes(call: Call) -> Made:
    axis, _ = axis_of(call)
    found, start = [], 0
    for size in call["split_sizes"]:
        found.append(part(call, axis, start, start + size))
        start += size
    return tuple(found)


@read.register("aten.unbind")
def unbind(call: Call) -> Made:
    axis, size = axis_of(call)
    if axis == 0:
        raise call.refused("takes the examples of the batch apart")
    return tuple(L.Select(axis, index) for index in range(size))
