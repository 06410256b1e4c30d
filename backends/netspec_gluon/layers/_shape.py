"""Layers that move values without changing them."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_gluon._lowering import NN, Context, ours, register


@register
def identity(layer: L.Identity, node: Placed, ctx: Context) -> Call:
    return ours("shape:Identity")


@register
def flatten(layer: L.Flatten, node: Placed, ctx: Context) -> Call:
    return call(f"{NN}:Flatten")


@register
def reshape(layer: L.Reshape, node: Placed, ctx: Context) -> Call:
    return ours("shape:Reshape", *layer.shape)


@register
def permute(layer: L.Permute, node: Placed, ctx: Context) -> Call:
    return ours("shape:Permute", *layer.axes)


@register
def pad1d(layer: L.Pad1D, node: Placed, ctx: Context) -> Call:
    return ours("shape:ZeroPad1D", *layer.padding)


@register
def pad2d(layer: L.Pad2D, node: Placed, ctx: Context) -> Call:
    rows, columns = layer.padding
    return ours("shape:ZeroPad2D", *rows, *columns)
