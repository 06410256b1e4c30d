"""Convolutions."""

from __future__ import annotations

from dataclasses import replace

from netspec import layers as L
from netspec.layers import Conv, conv_padding
from netspec.program import Call, one
from netspec.spec import Placed
from netspec_jax._initializers import KERNEL, drawn
from netspec_jax._lowering import Context, made, register
from netspec_jax.layers._ends import shortest

WHY = "with this padding inside XLA's CPU compiler aborts on the gradient"


@register
def conv(layer: L.Conv1D | L.Conv2D | L.Conv3D, node: Placed, ctx: Context) -> Call:
    ends, apart = conv_padding(layer, node.input_shape), aborts(layer, node)
    call = made(
        "conv:conv3d" if len(ends) == 3 else "conv:conv",
        node.input_shape[0],
        layer.channels,
        layer.kernel_size,
        stride=one(layer.stride),
        padding=0 if apart else shortest(ends),
        dilation=one(layer.dilation),
        groups=layer.groups,
        **drawn(node, KERNEL),
    )
    if not apart:
        return call
    return replace(made("adapters:padded", call, *ends), comment=WHY)


def aborts(layer: Conv, node: Placed) -> bool:
    """Tell whether XLA may abort the process (JAX 0.10, `algebraic_simplifier.cc`): it
    does with a stride, padding, and more windows than taps along one axis but fewer
    along another.
    """
    pairs = zip(node.output_shape[1:], layer.kernel_size, strict=True)
    signs = {windows > taps for windows, taps in pairs if windows != taps}
    padded = any(map(any, conv_padding(layer, node.input_shape)))
    return len(signs) == 2 and max(layer.stride) > 1 and padded
