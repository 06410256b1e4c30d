"""Layers that are one matrix."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_flax._initializers import KERNEL, OUR_KERNEL, TABLE, drawn
from netspec_flax._lowering import Context, module, our_module, register


@register
def dense(layer: L.Dense, node: Placed, ctx: Context) -> Call:
    sizes = node.input_shape[-1], layer.units
    if f"{node.path}.weight" in ctx.tables:
        bias = {} if layer.bias else {"use_bias": False}
        own = {**bias, **drawn(node, OUR_KERNEL)}
        return our_module("dense:Unembed", ctx, *sizes, **own)
    own = {"use_bias": layer.bias, **drawn(node, KERNEL)}
    return module("flax.nnx:Linear", ctx, *sizes, **own)


@register
def embedding(layer: L.Embedding, node: Placed, ctx: Context) -> Call:
    sizes = layer.vocabulary, layer.dim
    return module("flax.nnx:Embed", ctx, *sizes, **drawn(node, TABLE))
