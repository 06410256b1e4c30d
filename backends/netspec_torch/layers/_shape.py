"""Layers that move values without changing them."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call, one
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, register


@register
def flatten(layer: L.Flatten, node: Placed, ctx: Context) -> Call:
    return _reshaped(node)


@register
def reshape(layer: L.Reshape, node: Placed, ctx: Context) -> Call:
    return _reshaped(node)


def _reshaped(node: Placed) -> Call:
    before, after = node.input_shape, node.output_shape
    if before and len(after) == 1:
        return call("torch.nn:Flatten")
    if len(before) == 1:
        return call("torch.nn:Unflatten", 1, after)
    return call(f"{SUPPORT}.shape:Reshape", *after)


@register
def permute(layer: L.Permute, node: Placed, ctx: Context) -> Call:
    return call(f"{SUPPORT}.shape:Permute", *layer.axes)


MODES = {"reflect": "Reflection", "replicate": "Replication", "circular": "Circular"}


def pad(layer: L.Pad, node: Placed, ctx: Context) -> Call:
    ends = one(tuple(end for pair in reversed(layer.ends) for end in pair))
    if layer.mode != "constant":  # the last axis first
        return call(f"torch.nn:{MODES[layer.mode]}Pad{layer.rank}d", ends)
    if layer.value:
        return call(f"torch.nn:ConstantPad{layer.rank}d", ends, layer.value)
    return call(f"torch.nn:ZeroPad{layer.rank}d", ends)


for kind in (L.Pad1D, L.Pad2D, L.Pad3D):
    register(pad, kind)
