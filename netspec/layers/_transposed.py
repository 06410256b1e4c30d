"""Transposed convolutions: what the gradient of a convolution with these fields is to
its input, channels first.

Output size of an axis: ``(n - 1) stride - 2 padding + dilation (kernel - 1) +
output_padding + 1`` (Dumoulin and Visin, 2016).
"""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, replace
from typing import Any

from netspec.declare import Field, Parameter, kernel
from netspec.declare.rules import BOOL, COUNT
from netspec.errors import SpecError
from netspec.layers._base import Layer, Parametric, layer, need_rank
from netspec.layers._facts import Shape
from netspec.layers._remedies import one
from netspec.layers._spatial import AXES, COUNTS, MARGINS, WINDOW_AXES, PerAxis, Sizes

__all__ = ["ConvTranspose1D", "ConvTranspose2D", "ConvTranspose3D"]


def _meant(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return "; numbers alone: a Crop after it takes away what these cannot"


PADDINGS = {r: replace(rule, remedy=_meant) for r, rule in MARGINS.items()}


@layer
class ConvTranspose1D(Parametric):
    """Transposed convolution over (channels, length).

    Attributes:
        channels: number of output channels.
        kernel_size: taps of the window.
        stride: step between what the positions of the input are spread over.
        padding: positions taken away at both ends, at most
            ``dilation * (kernel_size - 1)``.
        output_padding: positions added at the end, less than the stride.
        dilation: distance between the taps.
        groups: input and output channels fall into this many independent parts.
        bias: whether each channel has a bias.

    Shapes: (in, n) to (channels, m); weight (in, channels / groups, kernel_size).
    """

    spatial = True
    bias_axis = 1
    output_axis = 1

    channels: Field[int, int] = Field(COUNT)
    kernel_size: PerAxis = Field(COUNTS[1])
    _: KW_ONLY
    stride: PerAxis = Field(COUNTS[1], default=1)
    padding: PerAxis = Field(PADDINGS[1], default=0)
    output_padding: PerAxis = Field(MARGINS[1], default=0)
    dilation: PerAxis = Field(COUNTS[1], default=1)
    groups: Field[int, int] = Field(COUNT, default=1)
    bias: Field[bool, bool] = Field(BOOL, default=True)

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        return _parameters(self, shape)

    def enlarged(
        self, rows: int, columns: int, window: Shape
    ) -> tuple[Shape, Layer] | None:
        return _enlarged(self, rows, columns, window)


@layer
class ConvTranspose2D(Parametric):
    """Transposed convolution over (channels, height, width).

    Attributes:
        channels: number of output channels.
        kernel_size: window, one number or (height, width), as are the next four.
        stride: step between what the positions of the input are spread over.
        padding: positions taken away at both ends of each axis, at most
            ``dilation * (kernel_size - 1)``.
        output_padding: positions added at the end of each axis, less than the stride.
        dilation: distance between the taps.
        groups: input and output channels fall into this many independent parts.
        bias: whether each channel has a bias.

    Shapes: (in, h, w) to (channels, h', w'); weight (in, channels / groups, *window).
    """

    spatial = True
    bias_axis = 1
    output_axis = 1

    channels: Field[int, int] = Field(COUNT)
    kernel_size: PerAxis = Field(COUNTS[2])
    _: KW_ONLY
    stride: PerAxis = Field(COUNTS[2], default=1)
    padding: PerAxis = Field(PADDINGS[2], default=0)
    output_padding: PerAxis = Field(MARGINS[2], default=0)
    dilation: PerAxis = Field(COUNTS[2], default=1)
    groups: Field[int, int] = Field(COUNT, default=1)
    bias: Field[bool, bool] = Field(BOOL, default=True)

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        return _parameters(self, shape)

    def enlarged(
        self, rows: int, columns: int, window: Shape
    ) -> tuple[Shape, Layer] | None:
        return _enlarged(self, rows, columns, window)


@layer
class ConvTranspose3D(Parametric):
    """Transposed convolution over (channels, depth, height, width).

    Attributes:
        channels: number of output channels.
        kernel_size: window, one number or (depth, height, width), as are the next
            four.
        stride: step between what the positions of the input are spread over.
        padding: positions taken away at both ends of each axis, at most
            ``dilation * (kernel_size - 1)``.
        output_padding: positions added at the end of each axis, less than the stride.
        dilation: distance between the taps.
        groups: input and output channels fall into this many independent parts.
        bias: whether each channel has a bias.

    Shapes: (in, d, h, w) to (channels, d', h', w'); weight
    (in, channels / groups, *window).
    """

    spatial = True
    bias_axis = 1
    output_axis = 1

    channels: Field[int, int] = Field(COUNT)
    kernel_size: PerAxis = Field(COUNTS[3])
    _: KW_ONLY
    stride: PerAxis = Field(COUNTS[3], default=1)
    padding: PerAxis = Field(PADDINGS[3], default=0)
    output_padding: PerAxis = Field(MARGINS[3], default=0)
    dilation: PerAxis = Field(COUNTS[3], default=1)
    groups: Field[int, int] = Field(COUNT, default=1)
    bias: Field[bool, bool] = Field(BOOL, default=True)

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape)

    def parameters(self, shape: Shape) -> dict[str, Parameter]:
        return _parameters(self, shape)

    def enlarged(
        self, rows: int, columns: int, window: Shape
    ) -> tuple[Shape, Layer] | None:
        return _enlarged(self, rows, columns, window)


ConvTranspose = ConvTranspose1D | ConvTranspose2D | ConvTranspose3D


def _output_shape(conv: ConvTranspose, shape: Shape) -> Shape:
    rank = len(conv.kernel_size)
    need_rank(shape, rank + 1, AXES[rank])
    _need_groups(conv, shape[0])
    _need_less_output_padding(conv)
    spans = _spans(conv)
    _need_less_padding(conv, spans)
    axes = zip(
        shape[1:], conv.stride, conv.padding, spans, conv.output_padding, strict=True
    )
    sizes = tuple((n - 1) * s - 2 * p + span + more + 1 for n, s, p, span, more in axes)
    if min(sizes) < 1:
        raise SpecError(
            f"padding {one(conv.padding)} leaves nothing of"
            f" {tuple(n + 2 * p for n, p in zip(sizes, conv.padding, strict=True))}"
            " positions; make it smaller"
        )
    return (conv.channels, *sizes)


def _spans(conv: ConvTranspose) -> Sizes:
    sizes = zip(conv.dilation, conv.kernel_size, strict=True)
    return tuple(apart * (taps - 1) for apart, taps in sizes)


def _need_groups(conv: ConvTranspose, inputs: int) -> None:
    for count, what in ((inputs, "input"), (conv.channels, "output")):
        if count % conv.groups:
            raise SpecError(
                f"groups must divide the {what} channels, received groups"
                f" {conv.groups} and {count} channels"
            )


def _need_less_output_padding(conv: ConvTranspose) -> None:
    pairs = tuple(zip(conv.output_padding, conv.stride, strict=True))
    if any(more >= step for more, step in pairs):
        most = tuple(min(more, step - 1) for more, step in pairs)
        raise SpecError(
            f"output_padding must be less than the stride, received"
            f" {one(conv.output_padding)} and stride {one(conv.stride)}; give"
            f" output_padding={one(most)}, and a Pad{len(pairs)}D after it for more"
        )


def _need_less_padding(conv: ConvTranspose, spans: Sizes) -> None:
    pairs = tuple(zip(conv.padding, spans, strict=True))
    if any(taken > span for taken, span in pairs):
        most = tuple(min(taken, span) for taken, span in pairs)
        rest = tuple(max(taken - span, 0) for taken, span in pairs)
        raise SpecError(
            f"padding must be at most dilation * (kernel_size - 1) = {one(spans)},"
            f" received {one(conv.padding)}; give padding={one(most)}, and"
            f" Crop{len(pairs)}D({one(rest)}) after it"
        )


def _parameters(conv: ConvTranspose, shape: Shape) -> dict[str, Parameter]:
    """Declare the weight of the convolution that is transposed, which goes out to what
    is the input here.
    """
    sizes = (shape[0], conv.channels // conv.groups, *conv.kernel_size)
    weight = kernel(sizes, ("out", "in", *WINDOW_AXES[len(conv.kernel_size)]))
    if not conv.bias:
        return {"weight": weight}
    fans = weight.fan_in, weight.fan_out
    return {
        "weight": weight,
        "bias": Parameter((conv.channels,), ("out",), "bias", *fans),
    }


def _enlarged(
    conv: ConvTranspose, rows: int, columns: int, window: Shape
) -> tuple[Shape, Layer]:
    window, groups = window[: len(conv.kernel_size)], min(conv.groups, 2)
    inputs = groups * (columns // math.prod(window))
    plain: dict[str, Any] = {
        "stride": 1,
        "padding": 0,
        "output_padding": 0,
        "dilation": 1,
        "name": None,
        "init": {},
    }
    large = replace(conv, channels=rows, kernel_size=window, groups=groups, **plain)
    return (inputs, *(1 for _ in window)), large
