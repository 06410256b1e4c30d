"""Reductions along axes."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_gluon._lowering import Context, ours, register

BLOCKS = {"mean": "Mean", "sum": "Sum", "max": "Max", "min": "Min", "l2": "L2Norm"}


@register
def reduce(layer: L.Reduce, node: Placed, ctx: Context) -> Call:
    axes = tuple(i + 1 for i in L.resolve_axes(layer.axes, node.input_shape))
    return ours(f"reductions:{BLOCKS[layer.op]}", axes, keepdims=layer.keepdims)
