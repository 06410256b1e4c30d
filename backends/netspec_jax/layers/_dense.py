"""Layers that are one matrix."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_jax._initializers import KERNEL, TABLE, drawn
from netspec_jax._lowering import Context, made, register


@register
def dense(layer: L.Dense, node: Placed, ctx: Context) -> Call:
    width = node.input_shape[-1]
    return made("dense:dense", width, layer.units, **drawn(node, KERNEL))


@register
def embedding(layer: L.Embedding, node: Placed, ctx: Context) -> Call:
    sizes = layer.vocabulary, layer.dim
    return made("dense:embedding", *sizes, **drawn(node, TABLE))
