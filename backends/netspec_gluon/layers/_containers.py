"""Layers made of layers."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_gluon._lowering import Context, branch, chain, need_axes, ours, register


@register
def sequential(layer: L.Sequential, node: Placed, ctx: Context) -> Call:
    return chain(node.branches[0], ctx)


@register
def repeat(layer: L.Repeat, node: Placed, ctx: Context) -> Call:
    return ours(
        "containers:sequential", *(branch(node, copy, ctx) for copy in node.branches)
    )


@register
def residual(layer: L.Residual, node: Placed, ctx: Context) -> Call:
    body, *shortcut = (branch(node, held, ctx) for held in node.branches)
    return ours("containers:Residual", body, shortcut=shortcut[0] if shortcut else None)


@register
def parallel(layer: L.Parallel, node: Placed, ctx: Context) -> Call:
    branches = [branch(node, held, ctx) for held in node.branches]
    if layer.merge == "stack":
        return ours("containers:Stack", *branches, axis=layer.axis)
    if layer.merge == "matmul":
        return ours("containers:MatMul", *branches, rows=_rows(node))
    if layer.merge == "maximum":
        return ours("containers:Maximum", *branches, shape=_full(node))
    if layer.merge != "concat":
        shapes = {held.output_shape for held in node.branches}
        return ours(f"containers:{_merge(layer, len(shapes) > 1)}", *branches)
    need_axes(node, "concat", node.output_shape)
    widths = [held.output_shape[0] for held in node.branches]
    images = len(node.output_shape) == 3 and layer.axis in (1, -3)
    if images and not ctx.double and any(width % 16 for width in widths):
        return ours("containers:NarrowConcat", *branches)
    return ours("containers:Concat", *branches, axis=layer.axis)


def _merge(layer: L.Parallel, broadcasts: bool) -> str:
    """Name the block that joins; add_n, which is fast, does not broadcast."""
    kind = layer.merge.capitalize()
    return "BroadcastAdd" if kind == "Add" and broadcasts else kind


def _full(node: Placed) -> tuple[int, ...] | None:
    """Return the shape of the output, where an axis of 1 is broadcast to it."""
    shapes = {held.output_shape for held in node.branches}
    return node.output_shape if len(shapes) > 1 else None


def _rows(node: Placed) -> tuple[int, ...] | None:
    """Return the leading axes of a product of matrices, where one is broadcast."""
    heads = {held.output_shape[:-2] for held in node.branches}
    return node.output_shape[:-2] if len(heads) > 1 else None
