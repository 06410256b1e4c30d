"""Pooling over windows and over all positions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from netspec import layers as L
from netspec.importing import Made
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read
from netspec_torch.importing.layers._convolution import per_axis

Kinds = Mapping[int, Callable[..., L.Layer]]

LARGEST: Kinds = {1: L.MaxPool1D, 2: L.MaxPool2D}
MEAN: Kinds = {1: L.AvgPool1D, 2: L.AvgPool2D}
WHOLE_LARGEST: Kinds = {1: L.GlobalMaxPool1D, 2: L.GlobalMaxPool2D}
WHOLE_MEAN: Kinds = {1: L.GlobalAvgPool1D, 2: L.GlobalAvgPool2D}


def rank_of(call: Call) -> int:
    return len(call.signal.shape) - 2


def window(call: Call) -> dict[str, Any]:
    """Take what all pools have."""
    rank = rank_of(call)
    kernel = per_axis(call["kernel_size"], rank)
    return {
        "kernel_size": kernel,
        "stride": per_axis(call["stride"] or kernel, rank),
        "padding": per_axis(call["padding"], rank),
        "ceil_mode": call["ceil_mode"],
    }


@read.register("aten.max_pool1d", "aten.max_pool2d")
def max_pool(call: Call) -> Made:
    if set(per_axis(call["dilation"], 1)) != {1}:
        raise call.without("MaxPool", "dilation")
    return LARGEST[rank_of(call)](**window(call))


@read.register("aten.avg_pool1d", "aten.avg_pool2d")
def avg_pool(call: Call) -> Made:
    if call["divisor_override"]:
        raise call.without("AvgPool", "divisor_override")
    include = call["count_include_pad"]
    return MEAN[rank_of(call)](**window(call), count_include_pad=include)


@read.register("aten.adaptive_avg_pool1d", "aten.adaptive_avg_pool2d")
def adaptive_avg_pool(call: Call) -> Made:
    return adaptive(call, WHOLE_MEAN, MEAN)


@read.register("aten.adaptive_max_pool1d", "aten.adaptive_max_pool2d")
def adaptive_max_pool(call: Call) -> Made:
    found = adaptive(call, WHOLE_LARGEST, LARGEST)
    # it gives the places, too, which no layer here reads
    return (found,) if isinstance(found, L.Layer) else (found, None)


def adaptive(call: Call, whole: Kinds, windows: Kinds) -> Made:
    rank = rank_of(call)
    size = per_axis(call["output_size"], rank)
    before = call.signal.shape[2:]
    if set(size) == {1}:
        return whole[rank](keepdims=True)
    if tuple(size) == before:
        call.note(f"adaptive pooling changes nothing at {before}")
        return call.signal
    if any(n % m for n, m in zip(before, size, strict=True)):
        raise call.refused(f"pools {before} to {tuple(size)} by windows of two sizes")
    kernel = [n // m for n, m in zip(before, size, strict=True)]
    call.note(f"adaptive pooling has windows of {tuple(kernel)}, those at {before}")
    return windows[rank](kernel)
