"""Layers made of layers."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.program.layouts import axis_in
from netspec.spec import Placed
from netspec_jax._lowering import Context, chain, made, register


@register
def sequential(layer: L.Sequential, node: Placed, ctx: Context) -> Call:
    return chain(node.branches[0], ctx)


@register
def repeat(layer: L.Repeat, node: Placed, ctx: Context) -> Call:
    return made("containers:serial", *(chain(copy, ctx) for copy in node.branches))


@register
def residual(layer: L.Residual, node: Placed, ctx: Context) -> Call:
    return made("containers:residual", *(chain(b, ctx) for b in node.branches))


@register
def parallel(layer: L.Parallel, node: Placed, ctx: Context) -> Call:
    branches = [chain(branch, ctx) for branch in node.branches]
    if layer.merge == "stack":
        return made("containers:stack", *branches, axis=layer.axis)
    if layer.merge != "concat":
        return made(f"containers:{layer.merge}", *branches)
    axis = axis_in(ctx.plan[node.path].gives, layer.axis, len(node.output_shape) + 1)
    return made("containers:concat", *branches, axis=axis)
