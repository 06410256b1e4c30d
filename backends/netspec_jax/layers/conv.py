"""Convolutions."""

from __future__ import annotations

from netspec import layers as L
from netspec.expr import Call
from netspec.graph import Node
from netspec.layers.conv import conv_padding
from netspec_jax.initializers import KERNEL, drawn
from netspec_jax.lowering import Context, lower, made, one


@lower.register
def conv(layer: L.Conv1D | L.Conv2D, node: Node, ctx: Context) -> Call:
    return made(
        "conv:conv",
        node.input_shape[0],
        layer.channels,
        layer.kernel_size,
        stride=one(layer.stride),
        padding=one(conv_padding(layer)),
        dilation=one(layer.dilation),
        groups=layer.groups,
        **drawn(node, KERNEL),
    )
