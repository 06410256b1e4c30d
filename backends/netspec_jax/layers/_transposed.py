"""Transposed convolutions."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, one
from netspec.spec import Placed
from netspec_jax._initializers import KERNEL, drawn
from netspec_jax._lowering import Context, made, register


@register
def transposed(
    layer: L.ConvTranspose1D | L.ConvTranspose2D | L.ConvTranspose3D,
    node: Placed,
    ctx: Context,
) -> Call:
    return made(
        "transposed:conv_transpose",
        node.input_shape[0],
        layer.channels,
        layer.kernel_size,
        stride=one(layer.stride),
        padding=one(layer.padding),
        output_padding=one(layer.output_padding),
        dilation=one(layer.dilation),
        groups=layer.groups,
        **drawn(node, KERNEL),
    )
