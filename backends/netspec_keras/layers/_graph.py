"""Graph."""

from __future__ import annotations

from netspec import layers as L
from netspec.errors import shorten
from netspec.program import Call, Expr, Items, call
from netspec.program.layouts import axis_in
from netspec.spec import Placed, PlacedChain
from netspec_keras._lowering import SUPPORT, Context, chain, refuse, register
from netspec_keras.layers._containers import merge
from netspec_keras.support.graph import Graph

TAKEN = dir(Graph([]))


@register
def graph(layer: L.Graph, node: Placed, ctx: Context) -> Call:
    for branch in node.branches:
        if branch.key in TAKEN:
            raise refuse(
                node,
                f"keras.layers.Layer has an attribute {shorten(branch.key)} of its own;"
                " give the node another name",
            )
    nodes = tuple(_node(branch, ctx) for branch in node.branches)
    return call(f"{SUPPORT}.graph:Graph", Items(nodes))


def _node(branch: PlacedChain, ctx: Context) -> Expr:
    """Make the entry of a node, with its axis in the layout in which it reads."""
    layout = ctx.plan[branch.nodes[0].path].reads
    axis = axis_in(layout, branch.axis, len(branch.input_shape) + 1)
    merged = merge(branch.merge or "", axis) if len(branch.reads) > 1 else None
    return branch.key or "", chain(branch, ctx), branch.reads, merged
