"""Graph."""

from __future__ import annotations

from netspec import layers as L
from netspec.errors import BackendError, shorten
from netspec.program import Call, Expr, Items, Name, attributes, call
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, branch, register

GRAPH = f"{SUPPORT}.graph:Graph"


@register
def graph(layer: L.Graph, node: Placed, ctx: Context) -> Call:
    nodes: list[Expr] = []
    for held in node.branches:
        name = held.key or ""
        if name in attributes(GRAPH, ()):
            raise BackendError(
                f"{node.path} Graph: torch.nn.Module has an attribute {shorten(name)}"
                " of its own; give the node another name"
            )
        merge = Name(f"{SUPPORT}.graph:{held.merge}")
        nodes.append((name, branch(node, held, ctx), held.reads, merge, held.axis))
    return call(GRAPH, Items(tuple(nodes)))
