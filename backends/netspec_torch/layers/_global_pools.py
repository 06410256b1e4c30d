"""Pooling over all positions."""

from __future__ import annotations

from netspec import layers as L
from netspec.layers import GlobalPool
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_torch._lowering import Context, register


def global_pool(layer: GlobalPool, node: Placed, ctx: Context) -> Call:
    kind = "Avg" if type(layer).__name__.startswith("GlobalAvg") else "Max"
    pooled = call(f"torch.nn:Adaptive{kind}Pool{layer.rank}d", 1)
    if layer.keepdims:
        return pooled
    return call("torch.nn:Sequential", pooled, call("torch.nn:Flatten"))


for kind in (
    *(L.GlobalAvgPool1D, L.GlobalAvgPool2D, L.GlobalAvgPool3D),
    *(L.GlobalMaxPool1D, L.GlobalMaxPool2D, L.GlobalMaxPool3D),
):
    register(global_pool, kind)
