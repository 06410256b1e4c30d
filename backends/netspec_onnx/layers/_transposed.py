"""Transposed convolutions."""

from __future__ import annotations

from netspec import layers as L
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer


@register
def transposed(
    layer: L.ConvTranspose1D | L.ConvTranspose2D | L.ConvTranspose3D,
    node: Placed,
    x: str,
    to: Writer,
) -> str:
    return to.op(
        "ConvTranspose",
        x,
        *(to.param(node, name) for name in node.parameters),
        kernel_shape=layer.kernel_size,
        strides=layer.stride,
        pads=layer.padding * 2,
        output_padding=layer.output_padding,
        dilations=layer.dilation,
        group=layer.groups,
    )
