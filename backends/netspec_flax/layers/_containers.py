"""Layers made of layers."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call
from netspec.program.layouts import axis_in
from netspec.spec import Placed
from netspec_flax._lowering import (
    SEQUENTIAL,
    Context,
    LayerCall,
    chain,
    function,
    ours,
    register,
)

OURS = "containers"


@register
def sequential(layer: L.Sequential, node: Placed, ctx: Context) -> LayerCall:
    return chain(node.branches[0], ctx, alone=False)


@register
def repeat(layer: L.Repeat, node: Placed, ctx: Context) -> Call:
    copies = (chain(copy, ctx, alone=False) for copy in node.branches)
    return call(SEQUENTIAL, *copies)


@register
def residual(layer: L.Residual, node: Placed, ctx: Context) -> Call:
    return call(
        ours(f"{OURS}:Residual").target, *(chain(b, ctx) for b in node.branches)
    )


@register
def parallel(layer: L.Parallel, node: Placed, ctx: Context) -> Call:
    axis = axis_in(ctx.plan[node.path].gives, layer.axis, len(node.output_shape) + 1)
    merge = merged(layer.merge, layer.axis if layer.merge == "stack" else axis)
    branches = (chain(branch, ctx) for branch in node.branches)
    return call(ours(f"{OURS}:Parallel").target, merge, *branches)


def merged(merge: str, axis: int) -> LayerCall:
    """Name the function that makes one array of several."""
    if merge == "concat":
        return function("jax.numpy:concatenate", axis=axis)
    if merge == "stack":
        return function("jax.numpy:stack", axis=axis)
    return ours(f"{OURS}:{merge}")
