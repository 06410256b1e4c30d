"""Convolutions."""

from __future__ import annotations

from netspec import layers as L
from netspec.layers import conv_padding
from netspec.program import Call, one
from netspec.spec import Placed
from netspec_gluon._lowering import NN, Context, block, register


@register
def conv(layer: L.Conv1D | L.Conv2D, node: Placed, ctx: Context) -> Call:
    return block(
        f"{NN}:{type(layer).__name__}",
        layer.channels,
        kernel_size=one(layer.kernel_size),
        strides=one(layer.stride),
        padding=one(conv_padding(layer)),
        dilation=one(layer.dilation),
        groups=layer.groups,
        use_bias=layer.bias,
        in_channels=node.input_shape[0],
    )
