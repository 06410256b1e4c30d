"""Layers that move values without changing them."""

from __future__ import annotations

from netspec import layers as L
from netspec.expr import Call, Name
from netspec.graph import Node
from netspec_jax.lowering import Context, lower, made, ours


@lower.register
def identity(layer: L.Identity, node: Node, ctx: Context) -> Name:
    return ours("shape:identity")


@lower.register
def flatten(layer: L.Flatten, node: Node, ctx: Context) -> Name:
    return ours("shape:flatten")


@lower.register
def reshape(layer: L.Reshape, node: Node, ctx: Context) -> Call:
    return made("shape:reshape", *layer.shape)


@lower.register
def permute(layer: L.Permute, node: Node, ctx: Context) -> Call:
    return made("shape:permute", *layer.axes)


@lower.register
def pad1d(layer: L.Pad1D, node: Node, ctx: Context) -> Call:
    return made("shape:pad", layer.padding)


@lower.register
def pad2d(layer: L.Pad2D, node: Node, ctx: Context) -> Call:
    return made("shape:pad", *layer.padding)
