"""Graph."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, Expr, call
from netspec.program.layouts import axis_in
from netspec.spec import Placed, PlacedChain
from netspec_jax._lowering import Context, chain, made, ours, register


@register
def graph(layer: L.Graph, node: Placed, ctx: Context) -> Call:
    wires = call(ours("graph:wires").target, *(_wire(b, ctx) for b in node.branches))
    nodes = ((branch.key, chain(branch, ctx)) for branch in node.branches)
    return made("graph:graph", wires, *nodes)


def _wire(branch: PlacedChain, ctx: Context) -> Expr:
    """Make the entry of a node, with its axis in the layout in which it reads."""
    layout = ctx.plan[branch.nodes[0].path].reads
    axis = axis_in(layout, branch.axis, len(branch.input_shape) + 1)
    return branch.key, branch.reads, ours(f"graph:merge_{branch.merge}"), axis
