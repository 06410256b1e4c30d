"""Layers made of layers."""

from __future__ import annotations

from netspec import layers as L
from netspec.layers import INPUT
from netspec.spec import Placed
from netspec_onnx._lowering import chains, merged, register
from netspec_onnx._writer import Writer


@register
def passing(layer: L.Sequential | L.Repeat, node: Placed, x: str, to: Writer) -> str:
    return passed(layer, node, x, to)


def passed(
    layer: L.Sequential | L.Repeat | L.Graph, node: Placed, x: str, to: Writer
) -> str:
    """Write the chains of a container that gives what one of them gives."""
    (key,) = layer.joined()
    return chains(node, x, to)[key]


@register
def residual(layer: L.Residual, node: Placed, x: str, to: Writer) -> str:
    values = chains(node, x, to)
    body, shortcut = (*(values[key] for key in layer.joined()), values[INPUT])[:2]
    return to.op("Add", body, shortcut)


@register
def parallel(layer: L.Parallel, node: Placed, x: str, to: Writer) -> str:
    values = chains(node, x, to)
    joined = [values[key] for key in layer.joined()]
    return merged(layer.merge, layer.axis, joined, to)
