"""Graph."""

from __future__ import annotations

from netspec import layers as L
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer
from netspec_onnx.layers._containers import passed


@register
def graph(layer: L.Graph, node: Placed, x: str, to: Writer) -> str:
    return passed(layer, node, x, to)
