"""Reductions along axes."""

from __future__ import annotations

from netspec import layers as L
from netspec.spec import Placed
from netspec_flax._lowering import Context, LayerCall, function, register

FUNCTIONS = {
    "mean": "jax.numpy:mean",
    "sum": "jax.numpy:sum",
    "max": "jax.numpy:max",
    "min": "jax.numpy:min",
    "l2": "netspec_jax.support.reductions:l2_norm",
}


@register
def reduce(layer: L.Reduce, node: Placed, ctx: Context) -> LayerCall:
    named = FUNCTIONS[layer.op]
    return function(named, axis=layer.axes, keepdims=layer.keepdims)
