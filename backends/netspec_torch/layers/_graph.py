"""Graph."""

from __future__ import annotations

from netspec import layers as L
from netspec.errors import BackendError, shorten
from netspec.program import Call, Expr, Items, Name, call
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, chain, register
from netspec_torch.support.graph import Graph


@register
def graph(layer: L.Graph, node: Placed, ctx: Context) -> Call:
    nodes: list[Expr] = []
    for branch in node.branches:
        name = branch.key or ""
        if hasattr(Graph([]), name):
            raise BackendError(
                f"{node.path} Graph: torch.nn.Module has an attribute {shorten(name)}"
                " of its own; give the node another name"
            )
        merge = Name(f"{SUPPORT}.graph:{branch.merge}")
        nodes.append((name, chain(branch, ctx), branch.reads, merge, branch.axis))
    return call(f"{SUPPORT}.graph:Graph", Items(tuple(nodes)))
