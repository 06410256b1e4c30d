"""Layers that keep a part of the values."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call, one
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, module, register


@register
def slice_(layer: L.Slice, node: Placed, ctx: Context) -> Call:
    options = {"start": layer.start, "stop": layer.stop, "step": layer.step}
    return module(f"{SUPPORT}.shape:Slice", layer.axis, **options)


@register
def select(layer: L.Select, node: Placed, ctx: Context) -> Call:
    return call(f"{SUPPORT}.shape:Select", layer.axis, layer.index)


def crop(layer: L.Crop, node: Placed, ctx: Context) -> Call:
    """Pad by less than nothing, as PyTorch has no other module that crops."""
    ends = [
        -end for pair in reversed(layer.ends) for end in pair
    ]  # the last axis first
    return call(f"torch.nn:ZeroPad{layer.rank}d", one(tuple(ends)))


for kind in (L.Crop1D, L.Crop2D, L.Crop3D):
    register(crop, kind)
