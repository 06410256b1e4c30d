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
    return call(f"{SUPPORT}:Reshape", *after)


@register
def permute(layer: L.Permute, node: Placed, ctx: Context) -> Call:
    return call(f"{SUPPORT}:Permute", *layer.axes)


@register
def pad1d(layer: L.Pad1D, node: Placed, ctx: Context) -> Call:
    return call("torch.nn:ZeroPad1d", one(layer.padding))


@register
def pad2d(layer: L.Pad2D, node: Placed, ctx: Context) -> Call:
    rows, columns = layer.padding
    return call("torch.nn:ZeroPad2d", one((*columns, *rows)))  # the last axis first
