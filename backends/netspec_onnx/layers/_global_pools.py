"""Pooling over all positions."""

from __future__ import annotations

from netspec import layers as L
from netspec.layers import GlobalPool
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer


def global_pool(layer: GlobalPool, node: Placed, x: str, to: Writer) -> str:
    kind = "Average" if type(layer).__name__.startswith("GlobalAvg") else "Max"
    pooled = to.op(f"Global{kind}Pool", x)
    return pooled if layer.keepdims else to.op("Flatten", pooled, axis=1)


for _kind in (
    *(L.GlobalAvgPool1D, L.GlobalAvgPool2D, L.GlobalAvgPool3D),
    *(L.GlobalMaxPool1D, L.GlobalMaxPool2D, L.GlobalMaxPool3D),
):
    register(global_pool, _kind)
