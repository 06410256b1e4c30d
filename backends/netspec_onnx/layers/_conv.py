"""Convolutions."""

from __future__ import annotations

from collections.abc import Sequence

from netspec import layers as L
from netspec.layers import conv_padding
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer


@register
def conv(
    layer: L.Conv1D | L.Conv2D | L.Conv3D, node: Placed, x: str, to: Writer
) -> str:
    return to.op(
        "Conv",
        x,
        *(to.param(node, name) for name in node.parameters),
        kernel_shape=layer.kernel_size,
        strides=layer.stride,
        pads=pads(conv_padding(layer, node.input_shape)),
        dilations=layer.dilation,
        group=layer.groups,
    )


def pads(ends: Sequence[Sequence[int]]) -> list[int]:
    """List padding as ONNX does: all that comes before, then all that comes after."""
    return [end for side in zip(*ends, strict=True) for end in side]
