"""Layers made of layers."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, Items, call
from netspec.program.layouts import axis_in
from netspec.spec import Placed
from netspec_keras._calls import chain_of, joined
from netspec_keras._lowering import Context, inlined, named, native, ours, register

# Keras's own `Maximum` compares two by two, and shares the gradient of equal ones so
MERGES = {
    "add": call("keras.layers:Add"),
    "multiply": call("keras.layers:Multiply"),
    "subtract": call("keras.layers:Subtract"),
    "maximum": ours("containers:Largest"),
    "matmul": ours("containers:MatMul"),
}


def merge(kind: str, axis: int) -> Call:
    """Make the call of the layer that merges several values."""
    if kind == "concat":
        return native("Concatenate", axis=axis)
    if kind == "stack":
        return ours("containers:Stack", axis)
    return MERGES[kind]


@register
def sequential(layer: L.Sequential, node: Placed, ctx: Context) -> Call:
    return inlined(node.branches[0], ctx)


@register
def repeat(layer: L.Repeat, node: Placed, ctx: Context) -> Call:
    copies = tuple(inlined(copy, ctx) for copy in node.branches)
    return call("keras:Sequential", Items(copies)) if ctx.alone else chain_of(copies)


@register
def residual(layer: L.Residual, node: Placed, ctx: Context) -> Call:
    body, *shortcut = (inlined(branch, ctx) for branch in node.branches)
    if ctx.alone:
        options = {"shortcut": shortcut[0]} if shortcut else {}
        return ours("containers:Residual", body, **options)
    added = named(MERGES["add"], node.path, ctx)
    around = shortcut[0] if shortcut else None
    return joined(added, [body, around], ("y", "shortcut"))


@register
def parallel(layer: L.Parallel, node: Placed, ctx: Context) -> Call:
    branches = [inlined(branch, ctx) for branch in node.branches]
    axis = layer.axis
    if layer.merge == "concat":
        rank = len(node.output_shape) + 1
        axis = axis_in(ctx.plan[node.path].gives, layer.axis, rank)
    merged = merge(layer.merge, axis)
    if ctx.alone:
        return ours("containers:Parallel", Items(tuple(branches)), merged)
    names = [f"branch{index + 1}" for index in range(len(branches))]
    return joined(named(merged, node.path, ctx), branches, names)
