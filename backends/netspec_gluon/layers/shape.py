"""Layers that move values without changing them."""

from __future__ import annotations

from netspec import layers as L
from netspec.expr import Call, call
from netspec.graph import Node
from netspec_gluon.lowering import NN, Context, lower, ours


@lower.register
def identity(layer: L.Identity, node: Node, ctx: Context) -> Call:
    return ours("shape:Identity")


@lower.register
def flatten(layer: L.Flatten, node: Node, ctx: Context) -> Call:
    return call(f"{NN}:Flatten")


@lower.register
def reshape(layer: L.Reshape, node: Node, ctx: Context) -> Call:
    return ours("shape:Reshape", *layer.shape)


@lower.register
def permute(layer: L.Permute, node: Node, ctx: Context) -> Call:
    return ours("shape:Permute", *layer.axes)


@lower.register
def pad1d(layer: L.Pad1D, node: Node, ctx: Context) -> Call:
    return ours("shape:ZeroPad1D", *layer.padding)


@lower.register
def pad2d(layer: L.Pad2D, node: Node, ctx: Context) -> Call:
    rows, columns = layer.padding
    return ours("shape:ZeroPad2D", *rows, *columns)
