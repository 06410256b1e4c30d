"""Layers made of layers."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_jax._layout import axis_in
from netspec_jax._lowering import Context, LayerCall, chain, lower, made, moved, ours


@lower.register
def sequential(layer: L.Sequential, node: Placed, ctx: Context) -> Call:
    return chain(node.branches[0], ctx, ctx.plan[node.path].gives)


@lower.register
def residual(layer: L.Residual, node: Placed, ctx: Context) -> Call:
    flow = ctx.plan[node.path]
    chains: list[LayerCall] = [chain(b, ctx, flow.gives) for b in node.branches]
    if len(chains) == 1 and len(node.output_shape) > 1 and flow.runs != flow.gives:
        chains.append(moved(ours("shape:identity")))
    return made("containers:residual", *chains)


@lower.register
def parallel(layer: L.Parallel, node: Placed, ctx: Context) -> Call:
    gives = ctx.plan[node.path].gives
    branches = [chain(branch, ctx, gives) for branch in node.branches]
    if layer.merge == "add":
        return made("containers:add", *branches)
    axis = axis_in(gives, layer.axis, len(node.output_shape) + 1)
    return made("containers:concat", *branches, axis=axis)
