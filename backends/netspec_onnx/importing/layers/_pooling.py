"""Pooling over windows and over all positions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from netspec import layers as L
from netspec.importing import Made
from netspec_onnx.importing._call import Call, rule
from netspec_onnx.importing.layers._windows import padding_of

Kinds = Mapping[tuple[str, int], Callable[..., L.Layer]]

WINDOWS: Kinds = {
    ("MaxPool", 1): L.MaxPool1D,
    ("MaxPool", 2): L.MaxPool2D,
    ("MaxPool", 3): L.MaxPool3D,
    ("AveragePool", 1): L.AvgPool1D,
    ("AveragePool", 2): L.AvgPool2D,
    ("AveragePool", 3): L.AvgPool3D,
}
WHOLE: Kinds = {
    ("GlobalMaxPool", 1): L.GlobalMaxPool1D,
    ("GlobalMaxPool", 2): L.GlobalMaxPool2D,
    ("GlobalMaxPool", 3): L.GlobalMaxPool3D,
    ("GlobalAveragePool", 1): L.GlobalAvgPool1D,
    ("GlobalAveragePool", 2): L.GlobalAvgPool2D,
    ("GlobalAveragePool", 3): L.GlobalAvgPool3D,
}


def kind_of(call: Call, kinds: Kinds) -> Callable[..., L.Layer]:
    rank = len(call.before) - 1
    if (call.name, rank) not in kinds:
        raise call.refused(f"pools over {rank} axes; netspec pools over one to three")
    return kinds[call.name, rank]


@rule("MaxPool", "AveragePool")
def pooling(call: Call) -> Made:
    kind, rank = kind_of(call, WINDOWS), len(call.before) - 1
    window = call.per_axis("kernel_shape", rank, 0)
    stride = call.per_axis("strides", rank, 1)
    dilation = call.per_axis("dilations", rank, 1)
    how: dict[str, Any] = {
        "stride": stride,
        "padding": padding_of(call, window, stride, dilation),
        "ceil_mode": bool(call.whole("ceil_mode", 0)),
    }
    if call.name == "MaxPool":
        return kind(window, dilation=dilation, **how)
    if dilation != [1] * rank:
        raise call.without("AveragePool", "dilations")
    count = bool(call.whole("count_include_pad", 0))
    return kind(window, count_include_pad=count, **how)


@rule("GlobalMaxPool", "GlobalAveragePool")
def whole(call: Call) -> Made:
    return kind_of(call, WHOLE)(keepdims=True)
