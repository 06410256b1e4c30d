"""Layers made of layers."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_gluon._lowering import Context, chain, ours, register


@register
def sequential(layer: L.Sequential, node: Placed, ctx: Context) -> Call:
    return chain(node.branches[0], ctx)


@register
def residual(layer: L.Residual, node: Placed, ctx: Context) -> Call:
    body, *shortcut = (chain(branch, ctx) for branch in node.branches)
    return ours("containers:Residual", body, shortcut=shortcut[0] if shortcut else None)


@register
def parallel(layer: L.Parallel, node: Placed, ctx: Context) -> Call:
    branches = [chain(branch, ctx) for branch in node.branches]
    if layer.merge == "add":
        return ours("containers:Add", *branches)
    widths = [branch.output_shape[0] for branch in node.branches]
    images = len(node.output_shape) == 3 and layer.axis in (1, -3)
    if images and not ctx.double and any(width % 16 for width in widths):
        return ours("containers:NarrowConcat", *branches)
    return ours("containers:Concat", *branches, axis=layer.axis)
