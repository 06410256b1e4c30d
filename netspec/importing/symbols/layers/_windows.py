"""Pools whose windows reach beyond the input, or have gaps."""

from __future__ import annotations

from itertools import product
from typing import Any

from netspec import layers as L
from netspec.importing._operation import Made
from netspec.importing._values import Signal
from netspec.importing.symbols._composed import Composed, pattern
from netspec.importing.symbols._search import Bound, Reference

MEANS = {1: L.AvgPool1D, 2: L.AvgPool2D, 3: L.AvgPool3D}
LARGEST = {1: L.MaxPool1D, 2: L.MaxPool2D, 3: L.MaxPool3D}
Ends = list[tuple[int, int]]
LINE = "squeeze(pad(expand_dims(y, axis=2), mode='constant', **P), axis=2)"
PADDED = LINE, "pad(y, mode='constant', **P)"


@pattern(
    "Pooling(x, pool_type='sum', **K) * (Pooling(o, pool_type='avg', **K)"
    " / Pooling(o, pool_type='sum', **K)) where o = ones_like(x)"
)
def mean_of_parts(call: Composed) -> Made:
    """Read a mean that is a sum over how many it counts."""
    return call.operation("Pooling", [], {**call["K"], "pool_type": "avg"})


@pattern("Pooling(p, **K) / Pooling(o, **K)")
def padded_mean(call: Composed) -> Made | None:
    """Read a mean of zeros around the input over that of ones, of which some count."""
    source, margins = padded(call, call["p"], 0.0)
    inside, rest = padded(call, call["o"], 0.0)
    ones, counted = padded(call, inside, 1.0)
    if not call.find("ones_like(x)", ones, {"x": source}):
        return None
    if [
        (a + c, b + d) for (a, b), (c, d) in zip(counted, rest, strict=True)
    ] != margins:
        return None
    call.bound = {**call.bound, "x": source}
    made: Any = call.operation("Pooling", [], call["K"])
    counts = any(map(any, counted))
    rank = len(made.kernel_size)
    return MEANS[rank](
        made.kernel_size,
        stride=made.stride,
        padding=(counted if counts else margins)[-rank:],
        ceil_mode=counts,
        count_include_pad=counts,
    )


@pattern("Pooling(p, pool_type='max', **K)")
def padded_maximum(call: Composed) -> Made | None:
    """Read the padding that never wins as the pool's own."""
    source, margins = padded(call, call["p"], float("-inf"))
    call.bound = {**call.bound, "x": source}
    made: Any = call.operation("Pooling", [], {**call["K"], "pool_type": "max"})
    if any(made.padding) or made.ceil_mode:
        return None
    rank = len(made.kernel_size)
    return LARGEST[rank](made.kernel_size, stride=made.stride, padding=margins[-rank:])


def padded(call: Composed, at: Reference, value: float) -> tuple[Reference, Ends]:
    """Return what is padded, and by how much.

    Raises:
        LookupError: it is not padded, or by another value.
    """
    for text in PADDED:
        found = call.find(text, at, {})
        if found is not None and float(found["P"].get("constant_value", 0)) == value:
            return found["y"], ends_of(found)
    raise LookupError


def ends_of(found: Bound) -> Ends:
    """Return the ends of positions; a line is padded as an image of one row."""
    width = [int(one) for one in found["P"]["pad_width"].strip("()").split(",")]
    ends = [(width[i], width[i + 1]) for i in range(0, len(width), 2)]
    return ends[2:]


TAP = "slice(p, begin=B, end=E, step=S)"


@pattern(
    "reshape_like(Pooling(reshape(stack(*ts, axis=2), shape=(0, 0, N, -1)),"
    " kernel=(N, 1), pool_type='max'), f)"
)
def dilated_maximum(call: Composed) -> Made | None:
    """Read the largest of the taps of windows that have gaps."""
    taps = [call.find(TAP, one, {}) for one in call["ts"]]
    first = taps[0]
    if first is None or call["ts"][0] != call["f"]:
        return None
    source, margins = padded(call, first["p"], float("-inf"))
    value = call.value_of(source)
    starts: list[Any] = [one and one["B"][2:] for one in taps]
    kernel, dilation = grid(starts)
    last = tuple(d * (k - 1) for k, d in zip(kernel, dilation, strict=True))
    for one, start in zip(taps, starts, strict=True):
        ends = tuple(s - n or None for s, n in zip(start, last, strict=True))
        if one is None or one["E"][2:] != ends or one["p"] != first["p"]:
            return None
    if not isinstance(value, Signal):
        return None
    call.reads = (value,)
    return LARGEST[len(kernel)](
        kernel,
        stride=first["S"][2:],
        padding=margins[-len(kernel) :],
        dilation=dilation,
    )


def grid(starts: list[Any]) -> tuple[list[int], list[int]]:
    """Return how many places there are along each axis, and how far apart.

    Raises:
        LookupError: they are no grid.
    """
    axes = [sorted(set(one)) for one in zip(*starts, strict=True)]
    kernel = [len(one) for one in axes]
    dilation = [one[1] if len(one) > 1 else 1 for one in axes]
    sides = zip(kernel, dilation, strict=True)
    wanted = list(product(*(range(0, k * d, d) for k, d in sides)))
    if list(map(tuple, starts)) != wanted:
        raise LookupError
    return kernel, dilation
