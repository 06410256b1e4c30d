"""Layers that are one matrix."""

from __future__ import annotations

from dataclasses import replace

from netspec import layers as L
from netspec.program import Call, call
from netspec.spec import Placed
from netspec_gluon._lowering import NN, Context, block, register


@register
def dense(layer: L.Dense, node: Placed, ctx: Context) -> Call:
    made = block(
        f"{NN}:Dense",
        layer.units,
        in_units=node.input_shape[-1],
        use_bias=layer.bias,
        flatten=False,
    )
    why = "flatten=False: act on the last axis; by default Dense merges all of them"
    return replace(made, comment=why)


@register
def embedding(layer: L.Embedding, node: Placed, ctx: Context) -> Call:
    return call(f"{NN}:Embedding", layer.vocabulary, layer.dim)
