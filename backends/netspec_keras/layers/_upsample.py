"""Resizing of positions, channels last."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call, one
from netspec.spec import Placed
from netspec_keras._lowering import Context, native, ours, register


@register
def upsample(
    layer: L.Upsample1D | L.Upsample2D | L.Upsample3D, node: Placed, ctx: Context
) -> Call:
    before, after = node.input_shape[1:], node.output_shape[1:]
    whole = all(m % n == 0 for n, m in zip(before, after, strict=True))
    factors = tuple(m // n for n, m in zip(before, after, strict=True))
    if layer.mode == "nearest" and whole:
        return call(f"keras.layers:UpSampling{len(before)}D", one(factors))
    if layer.mode == "nearest":
        return ours("resizing:Nearest", after)
    if len(before) == 2 and whole and not layer.align_corners:
        return native("UpSampling2D", one(factors), interpolation="bilinear")
    return ours("resizing:Linear", after, aligned=layer.align_corners)
