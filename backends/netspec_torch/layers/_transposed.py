"""Transposed convolutions."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, one
from netspec.spec import Placed
from netspec_torch._lowering import Context, module, register


@register
def transposed(
    layer: L.ConvTranspose1D | L.ConvTranspose2D | L.ConvTranspose3D,
    node: Placed,
    ctx: Context,
) -> Call:
    return module(
        f"torch.nn:ConvTranspose{len(layer.kernel_size)}d",
        node.input_shape[0],
        layer.channels,
        kernel_size=one(layer.kernel_size),
        stride=one(layer.stride),
        padding=one(layer.padding),
        output_padding=one(layer.output_padding),
        groups=layer.groups,
        bias=layer.bias,
        dilation=one(layer.dilation),
    )
