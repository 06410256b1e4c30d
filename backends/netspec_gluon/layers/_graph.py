"""Graph."""

from __future__ import annotations

from collections.abc import Sequence

from netspec import layers as L
from netspec.errors import shorten
from netspec.layers import INPUT, Shape
from netspec.program import Call, Expr, Name, attributes, call
from netspec.spec import Placed, PlacedChain
from netspec_gluon._lowering import (
    SUPPORT,
    Context,
    branch,
    need_axes,
    ours,
    refusal,
    register,
)


@register
def graph(layer: L.Graph, node: Placed, ctx: Context) -> Call:
    shapes: dict[str | None, Shape] = {INPUT: node.input_shape}
    nodes: list[Expr] = []
    for held in node.branches:
        name = held.key or ""
        if name in attributes(f"{SUPPORT}.graph:Graph"):
            reason = (
                f"HybridBlock has an attribute {shorten(name)} of its own; give the"
                " node another name"
            )
            raise refusal(node, reason)
        if len(held.reads) > 1 and held.merge == "concat":
            need_axes(node, "concat", held.input_shape)
        merge = _merge(held, [shapes[key] for key in held.reads], ctx)
        nodes.append((name, branch(node, held, ctx), held.reads, merge))
        shapes[held.key] = held.output_shape
    return ours("graph:Graph", *nodes)


def _merge(branch: PlacedChain, read: Sequence[Shape], ctx: Context) -> Call | None:
    """Name the function that merges what a node reads, with its options."""
    if len(read) == 1:
        return None
    kind = branch.merge or ""
    options: dict[str, Expr] = {}
    broadcasts = len(set(read)) > 1
    if kind == "concat":
        images = len(read[0]) == 3 and branch.axis in (1, -3)
        narrow = images and not ctx.double and any(shape[0] % 16 for shape in read)
        kind = "narrow_concat" if narrow else kind
        options = {} if narrow else {"axis": branch.axis}
    elif kind == "stack":
        options = {"axis": branch.axis}
    elif kind == "add" and broadcasts:
        kind = "broadcast_add"
    elif kind == "maximum" and broadcasts:
        options = {"shape": branch.input_shape}
    elif kind == "matmul" and len({shape[:-2] for shape in read}) > 1:
        options = {"rows": branch.input_shape[:-2]}
    function = Name(f"{SUPPORT}.graph:{kind}")
    return call(f"{SUPPORT}.graph:merged", function, **options)
