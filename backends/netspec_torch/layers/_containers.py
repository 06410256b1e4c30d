"""Layers made of layers."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, Items, call
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, branch, chain, module, register

MERGES = {
    "add": "Add",
    "multiply": "Multiply",
    "subtract": "Subtract",
    "maximum": "Maximum",
    "matmul": "MatMul",
}


@register
def sequential(layer: L.Sequential, node: Placed, ctx: Context) -> Call:
    return chain(node.branches[0], ctx)


@register
def repeat(layer: L.Repeat, node: Placed, ctx: Context) -> Call:
    return call(
        "torch.nn:Sequential", *(branch(node, copy, ctx) for copy in node.branches)
    )


@register
def residual(layer: L.Residual, node: Placed, ctx: Context) -> Call:
    body, *shortcut = (branch(node, held, ctx) for held in node.branches)
    options = {"shortcut": shortcut[0]} if shortcut else {}
    return call(f"{SUPPORT}.containers:Residual", body, **options)


@register
def parallel(layer: L.Parallel, node: Placed, ctx: Context) -> Call:
    branches = Items(tuple(branch(node, held, ctx) for held in node.branches))
    if layer.merge == "concat":
        return module(f"{SUPPORT}.containers:Concat", branches, dim=layer.axis)
    if layer.merge == "stack":
        return module(f"{SUPPORT}.containers:Stack", branches, dim=layer.axis)
    return call(f"{SUPPORT}.containers:{MERGES[layer.merge]}", branches)
