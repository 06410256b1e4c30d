"""Pooling over windows, over all positions, and to a size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from netspec import layers as L
from netspec.importing import Made
from netspec_torch.importing._call import Call
from netspec_torch.importing._registry import read
from netspec_torch.importing._values import Padded
from netspec_torch.importing.layers._convolution import per_axis

Kinds = Mapping[int, Callable[..., L.Layer]]

LARGEST: Kinds = {1: L.MaxPool1D, 2: L.MaxPool2D, 3: L.MaxPool3D}
MEAN: Kinds = {1: L.AvgPool1D, 2: L.AvgPool2D, 3: L.AvgPool3D}
WHOLE_LARGEST: Kinds = {
    1: L.GlobalMaxPool1D,
    2: L.GlobalMaxPool2D,
    3: L.GlobalMaxPool3D,
}
WHOLE_MEAN: Kinds = {
    1: L.GlobalAvgPool1D,
    2: L.GlobalAvgPool2D,
    3: L.GlobalAvgPool3D,
}
TO_LARGEST: Kinds = {
    1: L.AdaptiveMaxPool1D,
    2: L.AdaptiveMaxPool2D,
    3: L.AdaptiveMaxPool3D,
}
TO_MEAN: Kinds = {
    1: L.AdaptiveAvgPool1D,
    2: L.AdaptiveAvgPool2D,
    3: L.AdaptiveAvgPool3D,
}


def rank_of(call: Call) -> int:
    return len(call.sizes) - 2


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


@read.register("aten.max_pool1d", "aten.max_pool2d", "aten.max_pool3d")
def max_pool(call: Call) -> Made:
    rank, how = rank_of(call), window(call)
    padded = call.given("self")
    if isinstance(padded, Padded):
        if any(how["padding"]) or len(padded.ends) != rank:
            raise call.refused("pads by -inf twice, or other axes")
        call.reads, how["padding"] = (padded.signal,), padded.ends
    return LARGEST[rank](**how, dilation=per_axis(call["dilation"], rank))


@read.register("aten.avg_pool1d", "aten.avg_pool2d", "aten.avg_pool3d")
def avg_pool(call: Call) -> Made:
    if call["divisor_override"]:
        raise call.without("AvgPool", "divisor_override")
    include = call["count_include_pad"]
    return MEAN[rank_of(call)](**window(call), count_include_pad=include)


@read.register(*(f"aten.adaptive_avg_pool{rank}d" for rank in (1, 2, 3)))
def adaptive_avg_pool(call: Call) -> Made:
    return adaptive(call, WHOLE_MEAN, TO_MEAN)


@read.register(*(f"aten.adaptive_max_pool{rank}d" for rank in (1, 2, 3)))
def adaptive_max_pool(call: Call) -> Made:
    # it gives the places, too, which no layer here reads
    return (adaptive(call, WHOLE_LARGEST, TO_LARGEST), None)


def adaptive(call: Call, whole: Kinds, sized: Kinds) -> L.Layer:
    rank = len(call.signal.shape) - 2
    said = zip(per_axis(call["output_size"], rank), call.signal.shape[2:], strict=True)
    size = [n if wanted is None else wanted for wanted, n in said]
    return whole[rank](keepdims=True) if set(size) == {1} else sized[rank](size)
