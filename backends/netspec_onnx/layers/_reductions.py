"""Reductions along axes."""

from __future__ import annotations

from netspec import layers as L
from netspec.layers import resolve_axes
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer

OPERATORS = {
    "mean": "ReduceMean",
    "sum": "ReduceSum",
    "max": "ReduceMax",
    "min": "ReduceMin",
    "l2": "ReduceL2",
}


@register
def reduce(layer: L.Reduce, node: Placed, x: str, to: Writer) -> str:
    found = resolve_axes(layer.axes, node.input_shape)
    axes = to.integers([axis + 1 for axis in found], "axes")
    return to.op(OPERATORS[layer.op], x, axes, keepdims=int(layer.keepdims))
