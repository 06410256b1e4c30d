"""Graph."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, Expr, Items, call
from netspec.program.layouts import axis_in
from netspec.spec import Placed, PlacedChain, join_path
from netspec_keras._calls import WIRE
from netspec_keras._lowering import SUPPORT, Context, inlined, named, register
from netspec_keras.layers._containers import merge


@register
def graph(layer: L.Graph, node: Placed, ctx: Context) -> Call:
    nodes = tuple(_node(branch, node, ctx) for branch in node.branches)
    return call(f"{SUPPORT}.graph:Graph" if ctx.alone else WIRE, Items(nodes))


def _node(branch: PlacedChain, node: Placed, ctx: Context) -> Expr:
    """Make the entry of a node, with its axis in the layout in which it reads."""
    key = branch.key or ""
    layout = ctx.plan[branch.nodes[0].path].reads
    axis = axis_in(layout, branch.axis, len(branch.input_shape) + 1)
    merged = None
    if len(branch.reads) > 1:
        path = join_path(node.path, key)
        merged = named(merge(branch.merge or "", axis), path, ctx, "~merged")
    return key, inlined(branch, ctx), branch.reads, merged
