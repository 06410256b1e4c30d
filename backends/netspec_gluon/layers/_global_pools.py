"""Pooling over all positions."""

from __future__ import annotations

from netspec import layers as L
from netspec.layers import GlobalPool
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_gluon._lowering import NN, Context, ours, register


def global_pool(layer: GlobalPool, node: Placed, ctx: Context) -> Call:
    pooled = call(f"{NN}:{type(layer).__name__}")
    if layer.keepdims:
        return pooled
    return ours("containers:sequential", pooled, call(f"{NN}:Flatten"))


MAXIMA = (L.GlobalMaxPool1D, L.GlobalMaxPool2D, L.GlobalMaxPool3D)

for kind in (*MAXIMA, L.GlobalAvgPool1D, L.GlobalAvgPool2D, L.GlobalAvgPool3D):
    register(global_pool, kind)
