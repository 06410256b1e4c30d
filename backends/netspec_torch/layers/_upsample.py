"""Resizing of positions."""

from __future__ import annotations

import numpy as np

from netspec import layers as L
from netspec.layers import Upsample
from netspec.program import Call, Expr, call, one
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, module, register

LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}


@register
def upsample(
    layer: L.Upsample1D | L.Upsample2D | L.Upsample3D, node: Placed, ctx: Context
) -> Call:
    if layer.mode == "nearest":
        return _nearest(layer, node)
    return module(
        "torch.nn:Upsample",
        **_target(layer),
        mode=LINEAR[len(node.input_shape) - 1],
        align_corners=layer.align_corners or None,
    )


def _nearest(layer: Upsample, node: Placed) -> Call:
    sizes = node.output_shape[1:]
    if all(map(rounds_right, node.input_shape[1:], sizes)):
        return call("torch.nn:Upsample", **_target(layer))
    return call(f"{SUPPORT}.upsample:Nearest", *sizes)


def _target(layer: Upsample) -> dict[str, Expr]:
    if layer.scale is not None:
        return {"scale_factor": one(layer.scale)}
    return {"size": one(layer.size or ())}


def rounds_right(n: int, m: int) -> bool:
    """Tell whether floor(i * (n / m)) in float32, which PyTorch takes but for a factor
    of 1 or 2, is floor(i n / m).
    """
    if m in (n, 2 * n):
        return True
    index = np.arange(m)
    taken = np.floor(index.astype(np.float32) * (np.float32(n) / np.float32(m)))
    return bool((np.minimum(taken, n - 1) == index * n // m).all())
