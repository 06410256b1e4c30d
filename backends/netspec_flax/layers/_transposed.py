"""Transposed convolutions."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call
from netspec.spec import Placed
from netspec_flax._initializers import OUR_KERNEL, drawn
from netspec_flax._lowering import Context, our_module, register


@register
def transposed(
    layer: L.ConvTranspose1D | L.ConvTranspose2D | L.ConvTranspose3D,
    node: Placed,
    ctx: Context,
) -> Call:
    grouped = {"feature_group_count": layer.groups} if layer.groups > 1 else {}
    plain = {} if layer.bias else {"use_bias": False}
    return our_module(
        "conv:ConvTranspose",
        ctx,
        node.input_shape[0],
        layer.channels,
        layer.kernel_size,
        strides=layer.stride,
        padding=layer.padding,
        output_padding=layer.output_padding,
        kernel_dilation=layer.dilation,
        **grouped,
        **plain,
        **drawn(node, OUR_KERNEL),
    )
