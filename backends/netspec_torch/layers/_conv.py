"""Convolutions."""

from __future__ import annotations

from dataclasses import replace

from netspec import layers as L
from netspec.layers import conv_padding, symmetric
from netspec.program import Call, one
from netspec.spec import Placed
from netspec_torch._lowering import SUPPORT, Context, module, register
from netspec_torch.layers._ends import flat

WHY = 'PyTorch pads both ends alike; its "same" warns, and takes no stride'


@register
def conv(layer: L.Conv1D | L.Conv2D | L.Conv3D, node: Placed, ctx: Context) -> Call:
    rank, ends = len(layer.kernel_size), conv_padding(layer, node.input_shape)
    padding, kind = symmetric(ends), f"torch.nn:Conv{rank}d"
    where = {"padding": one(padding)}
    if padding is None:
        kind, where = f"{SUPPORT}.windows:PaddedConv{rank}d", {"margins": flat(ends)}
    made = module(
        kind,
        node.input_shape[0],
        layer.channels,
        kernel_size=one(layer.kernel_size),
        stride=one(layer.stride),
        **where,
        dilation=one(layer.dilation),
        groups=layer.groups,
        bias=layer.bias,
    )
    return replace(made, comment=WHY if padding is None else "")
