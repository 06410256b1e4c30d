"""Normalization by the channels that lie near."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_gluon._lowering import Context, ours, register


@register
def local_response(layer: L.LocalResponseNorm, node: Placed, ctx: Context) -> Call:
    return ours(
        "local_normalization:LocalResponseNorm",
        layer.size,
        alpha=layer.alpha,
        beta=layer.beta,
        k=layer.k,
    )
