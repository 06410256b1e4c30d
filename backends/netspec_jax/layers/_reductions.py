"""Reductions along axes."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, Name
from netspec.spec import Placed
from netspec_jax._lowering import Context, made, ours, register

FUNCTIONS = {
    "mean": Name("jax.numpy:mean"),
    "sum": Name("jax.numpy:sum"),
    "max": Name("jax.numpy:max"),
    "min": Name("jax.numpy:min"),
    "l2": ours("reductions:l2_norm"),
}


@register
def reduce(layer: L.Reduce, node: Placed, ctx: Context) -> Call:
    function = FUNCTIONS[layer.op]
    return made("reductions:reduce", function, *layer.axes, keepdims=layer.keepdims)
