"""Normalization by the channels that lie near."""

from __future__ import annotations

from netspec import layers as L
from netspec.spec import Placed
from netspec_flax._lowering import Context, LayerCall, function, ours, register


@register
def local_response(layer: L.LocalResponseNorm, node: Placed, ctx: Context) -> LayerCall:
    return function(
        ours("normalization:local_response_norm"),
        size=layer.size,
        alpha=layer.alpha,
        beta=layer.beta,
        k=layer.k,
    )
