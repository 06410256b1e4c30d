"""Convolutions."""

from __future__ import annotations

from netspec import layers as L
from netspec.layers import conv_padding
from netspec.program import Call, one
from netspec.spec import Placed
from netspec_torch._lowering import Context, module, register


@register
def conv(layer: L.Conv1D | L.Conv2D, node: Placed, ctx: Context) -> Call:
    return module(
        f"torch.nn:Conv{len(layer.kernel_size)}d",
        node.input_shape[0],
        layer.channels,
        kernel_size=one(layer.kernel_size),
        stride=one(layer.stride),
        padding=one(conv_padding(layer)),
        dilation=one(layer.dilation),
        groups=layer.groups,
        bias=layer.bias,
    )
