"""Graph."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, Expr, call
from netspec.program.layouts import axis_in
from netspec.spec import Placed, PlacedChain
from netspec_flax._lowering import Context, chain, free, ours, register
from netspec_flax.layers._containers import merged


@register
def graph(layer: L.Graph, node: Placed, ctx: Context) -> Call:
    nodes = (_node(node, branch, ctx) for branch in node.branches)
    return call(ours("graph:Graph").target, *nodes)


def _node(node: Placed, branch: PlacedChain, ctx: Context) -> Expr:
    """Make the entry of a node, with its axis in the layout in which it reads."""
    layout = ctx.plan[branch.nodes[0].path].reads
    axis = axis_in(layout, branch.axis, len(branch.input_shape) + 1)
    name = free(branch.key or "", node)
    return name, chain(branch, ctx), branch.reads, merged(branch.merge or "", axis)
