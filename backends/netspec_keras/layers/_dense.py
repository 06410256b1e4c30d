"""Layers that are one matrix."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_keras._initializers import KERNEL, TABLE, drawn
from netspec_keras._lowering import Context, native, register


@register
def dense(layer: L.Dense, node: Placed, ctx: Context) -> Call:
    own = drawn(node, KERNEL)
    return native("Dense", layer.units, use_bias=layer.bias, **own)


@register
def embedding(layer: L.Embedding, node: Placed, ctx: Context) -> Call:
    own = drawn(node, TABLE)
    return native("Embedding", layer.vocabulary, layer.dim, **own)
