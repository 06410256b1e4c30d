"""Transposed convolutions."""

from __future__ import annotations

from netspec import layers as L
from netspec.layers import ConvTranspose
from netspec.program import Call, one
from netspec.spec import Placed
from netspec_gluon._lowering import NN, Context, block, ours, register


@register
def transposed(
    layer: L.ConvTranspose1D | L.ConvTranspose2D | L.ConvTranspose3D,
    node: Placed,
    ctx: Context,
) -> Call:
    if not _is_right(layer, ctx.double):
        return _beside(layer, node) or _composed(layer, node)
    return block(
        f"{NN}:Conv{len(layer.kernel_size)}DTranspose",
        layer.channels,
        kernel_size=one(layer.kernel_size),
        strides=one(layer.stride),
        padding=one(layer.padding),
        output_padding=one(layer.output_padding),
        dilation=one(layer.dilation),
        groups=layer.groups,
        use_bias=layer.bias,
        in_channels=node.input_shape[0],
    )


def _is_right(layer: ConvTranspose, double: bool) -> bool:
    """Tell whether MXNet's own operator is right. In float32 oneDNN raises, or breaks
    memory, for some shapes; in float64 a stride that meets a dilation gives something
    else, and volumes are not read.
    """
    meets = max(layer.stride) > 1 and max(layer.dilation) > 1
    return double and not meets and len(layer.kernel_size) < 3


def _beside(layer: ConvTranspose, node: Placed) -> Call | None:
    """Make what is fast where windows lie side by side, in lines and images."""
    moved = max(*layer.padding, *layer.output_padding, max(layer.dilation) - 1)
    rank, apart = len(layer.kernel_size), layer.kernel_size == layer.stride
    if rank == 3 or moved or layer.groups > 1 or not apart:
        return None
    return ours(
        "transposed:ConvTransposeBeside",
        layer.channels,
        kernel_size=layer.kernel_size,
        use_bias=layer.bias,
        in_channels=node.input_shape[0],
    )


def _composed(layer: ConvTranspose, node: Placed) -> Call:
    return ours(
        "transposed:ConvTranspose",
        layer.channels,
        kernel_size=layer.kernel_size,
        strides=layer.stride,
        padding=layer.padding,
        output_padding=layer.output_padding,
        dilation=layer.dilation,
        groups=layer.groups,
        use_bias=layer.bias,
        in_channels=node.input_shape[0],
    )
