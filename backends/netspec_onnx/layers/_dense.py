"""Layers that are one matrix."""

from __future__ import annotations

from netspec import layers as L
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer


@register
def dense(layer: L.Dense, node: Placed, x: str, to: Writer) -> str:
    if len(node.input_shape) > 1:
        return linear(x, node, to)
    held = [to.param(node, name) for name in node.parameters]
    return to.op("Gemm", x, *held, transB=1)  # takes a matrix alone


def linear(x: str, node: Placed, to: Writer, prefix: str = "") -> str:
    """Multiply the last axis with a weight (out, in), and add the bias if there is one.

    Args:
        x: the value.
        node: the layer.
        to: takes the nodes.
        prefix: of the names of both parameters.
    """
    weight = to.op("Transpose", to.param(node, f"{prefix}weight"), perm=[1, 0])
    y = to.op("MatMul", x, weight)
    if f"{prefix}bias" not in node.parameters:
        return y
    return to.op("Add", y, to.param(node, f"{prefix}bias"))


@register
def embedding(layer: L.Embedding, node: Placed, x: str, to: Writer) -> str:
    return to.op("Gather", to.param(node, "weight"), x, axis=0)
