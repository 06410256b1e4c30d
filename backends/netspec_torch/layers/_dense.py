"""Layers that are one matrix."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_torch._lowering import Context, module, register


@register
def dense(layer: L.Dense, node: Placed, ctx: Context) -> Call:
    width = node.input_shape[-1]
    return module("torch.nn:Linear", width, layer.units, bias=layer.bias)


@register
def embedding(layer: L.Embedding, node: Placed, ctx: Context) -> Call:
    return call("torch.nn:Embedding", layer.vocabulary, layer.dim)
