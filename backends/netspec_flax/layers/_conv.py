"""Convolutions."""

from __future__ import annotations

from dataclasses import replace

from netspec import layers as L
from netspec.layers import Ends, conv_padding, symmetric
from netspec.program import Call, Expr, one
from netspec.spec import Placed
from netspec_flax._initializers import KERNEL, drawn
from netspec_flax._lowering import Context, module, ours, register
from netspec_jax.layers import aborts

WHY = "with this padding inside XLA's CPU compiler aborts on the gradient"


@register
def conv(layer: L.Conv1D | L.Conv2D | L.Conv3D, node: Placed, ctx: Context) -> Call:
    ends, apart = conv_padding(layer, node.input_shape), aborts(layer, node)
    before = {"conv_general_dilated": ours("conv:padded_before")} if apart else {}
    made = module(
        "flax.nnx:Conv",
        ctx,
        node.input_shape[0],
        layer.channels,
        layer.kernel_size,
        strides=one(layer.stride),
        padding=ends if apart else padding(ends),
        kernel_dilation=one(layer.dilation),
        feature_group_count=layer.groups,
        use_bias=layer.bias,
        **before,
        **drawn(node, KERNEL),
    )
    return replace(made, comment=WHY) if apart else made


def padding(ends: Ends) -> Expr:
    """Write padding as Flax's users do: "VALID" for none, one number where it is."""
    sizes = symmetric(ends)
    shortest = ends if sizes is None else one(sizes)
    return shortest or "VALID"
