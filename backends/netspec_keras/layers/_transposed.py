"""Transposed convolutions, channels last."""

from __future__ import annotations

from netspec import layers as L
from netspec.program import Call, call, one
from netspec.spec import Placed
from netspec_keras._initializers import KERNEL, drawn
from netspec_keras._lowering import Context, native, ours, register


@register
def transposed(
    layer: L.ConvTranspose1D | L.ConvTranspose2D | L.ConvTranspose3D,
    node: Placed,
    ctx: Context,
) -> list[Call]:
    own, rank = drawn(node, KERNEL), len(layer.kernel_size)
    pairs = [*zip(layer.padding, layer.output_padding, strict=True)]
    plain = all(k >= s for k, s in zip(layer.kernel_size, layer.stride, strict=True))
    plain = plain and max(layer.dilation) == 1 and layer.groups == 1
    if not plain or any(more > taken for taken, more in pairs):
        sizes = layer.channels, layer.kernel_size
        return [
            ours(
                "transposed:ConvTranspose",
                *sizes,
                strides=layer.stride,
                padding=layer.padding,
                output_padding=layer.output_padding,
                dilation=layer.dilation,
                groups=layer.groups,
                use_bias=layer.bias,
                **own,
            )
        ]
    made = native(
        f"Conv{rank}DTranspose",
        layer.channels,
        one(layer.kernel_size),
        strides=one(layer.stride),
        use_bias=layer.bias,
        **own,
    )
    ends = tuple((taken, taken - more) for taken, more in pairs)
    if not any(map(any, ends)):
        return [made]
    alike = one(layer.padding) if not any(layer.output_padding) else ends
    cut = ends[0] if rank == 1 and any(layer.output_padding) else alike
    return [made, call(f"keras.layers:Cropping{rank}D", cut)]
