"""Convolutions."""

from __future__ import annotations

from dataclasses import replace

from netspec import layers as L
from netspec.layers import conv_padding, symmetric
from netspec.program import Call, Expr, one
from netspec.spec import Placed
from netspec_gluon._lowering import NN, SUPPORT, Context, block, register

WHY = "Gluon pads both ends alike"


@register
def conv(layer: L.Conv1D | L.Conv2D | L.Conv3D, node: Placed, ctx: Context) -> Call:
    ends, kind = conv_padding(layer, node.input_shape), type(layer).__name__
    sizes = symmetric(ends)
    where: dict[str, Expr] = {"padding": one(sizes)}
    if sizes is None:
        where = {"margins": tuple(end for pair in ends for end in pair)}
    made = block(
        f"{NN}:{kind}" if sizes else f"{SUPPORT}.windows:Padded{kind}",
        layer.channels,
        kernel_size=one(layer.kernel_size),
        strides=one(layer.stride),
        **where,
        dilation=one(layer.dilation),
        groups=layer.groups,
        use_bias=layer.bias,
        in_channels=node.input_shape[0],
    )
    return made if sizes else replace(made, comment=WHY)
