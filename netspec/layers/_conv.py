"""Convolutions (cross-correlations, as in every framework), channels first.

Output size of an axis, after Dumoulin and Visin, "A guide to convolution arithmetic"
(2016): ``floor((n + before + after - dilation (kernel - 1) - 1) / stride) + 1`` for a
padding of (before, after); with ``"same"``, ``ceil(n / stride)``.
"""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, replace
from typing import Any

from netspec.declare import Field, Parameter, bias_of, kernel
from netspec.declare.rules import BOOL, COUNT
from netspec.errors import SpecError
from netspec.layers._base import Layer, Parametric, layer, need_rank
from netspec.layers._facts import Shape
from netspec.layers._spatial import (
    AXES,
    COUNTS,
    PADDINGS,
    WINDOW_AXES,
    Ends,
    Padding,
    PerAxis,
    Sizes,
    ends_of,
    need_room,
    padded_sizes,
)

__all__ = ["Conv1D", "Conv2D", "Conv3D"]


@layer
class Conv1D(Parametric):
    """Convolution over (channels, length).

    Attributes:
        channels: number of output channels.
        kernel_size: taps of the window.
        stride: step of the window.
        padding: zeros at both ends, a pair (before, after), ``"valid"`` (none) or
            ``"same"``: as many as make m = ceil(n / stride), an odd one after.
        dilation: distance between the taps.
        groups: input and output channels fall into this many independent parts.
        bias: whether each channel has a bias.

    Shapes: (in, n) to (channels, m); weight (channels, in / groups, kernel_size).
    """

    spatial = True
    bias_axis = 1

    channels: Field[int, int] = Field(COUNT)
    kernel_size: PerAxis = Field(COUNTS[1])
    _: KW_ONLY
    stride: PerAxis = Field(COUNTS[1], default=1)
    padding: Padding = Field(PADDINGS[1], default=0)
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
class Conv2D(Parametric):
    """Convolution over (channels, height, width).

    Attributes:
        channels: number of output channels.
        kernel_size: window, one number or (height, width), as are the next three.
        stride: step of the window.
        padding: zeros at both ends of each axis, a pair (before, after) for each,
            ``"valid"`` (none) or ``"same"``: as many as make ceil(size / stride)
            windows along each axis, an odd one after.
        dilation: distance between the taps.
        groups: input and output channels fall into this many independent parts.
        bias: whether each channel has a bias.

    Shapes: (in, h, w) to (channels, h', w'); weight (channels, in / groups, *window).
    """

    spatial = True
    bias_axis = 1

    channels: Field[int, int] = Field(COUNT)
    kernel_size: PerAxis = Field(COUNTS[2])
    _: KW_ONLY
    stride: PerAxis = Field(COUNTS[2], default=1)
    padding: Padding = Field(PADDINGS[2], default=0)
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
class Conv3D(Parametric):
    """Convolution over (channels, depth, height, width).

    Attributes:
        channels: number of output channels.
        kernel_size: window, one number or (depth, height, width), as are the next
            three.
        stride: step of the window.
        padding: zeros at both ends of each axis, a pair (before, after) for each,
            ``"valid"`` (none) or ``"same"``: as many as make ceil(size / stride)
            windows along each axis, an odd one after.
        dilation: distance between the taps.
        groups: input and output channels fall into this many independent parts.
        bias: whether each channel has a bias.

    Shapes: (in, d, h, w) to (channels, d', h', w'); weight (channels, in / groups,
    *window).
    """

    spatial = True
    bias_axis = 1

    channels: Field[int, int] = Field(COUNT)
    kernel_size: PerAxis = Field(COUNTS[3])
    _: KW_ONLY
    stride: PerAxis = Field(COUNTS[3], default=1)
    padding: Padding = Field(PADDINGS[3], default=0)
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


Conv = Conv1D | Conv2D | Conv3D


def conv_padding(conv: Conv, shape: Shape) -> Ends:
    """Return the number of zeros (before, after) each axis of an input of a shape."""
    return ends_of(conv.padding, shape[1:], _spans(conv), conv.stride)


def _spans(conv: Conv) -> Sizes:
    sizes = zip(conv.dilation, conv.kernel_size, strict=True)
    return tuple(apart * (taps - 1) for apart, taps in sizes)


def _output_shape(conv: Conv, shape: Shape) -> Shape:
    rank = len(conv.kernel_size)
    need_rank(shape, rank + 1, AXES[rank])
    for count, what in ((shape[0], "input"), (conv.channels, "output")):
        if count % conv.groups:
            raise SpecError(
                f"groups must divide the {what} channels, received groups"
                f" {conv.groups} and {count} channels"
            )
    spans = _spans(conv)
    padded = padded_sizes(shape[1:], conv_padding(conv, shape))
    need_room(tuple(span + 1 for span in spans), padded)
    sizes = zip(padded, spans, conv.stride, strict=True)
    return (conv.channels, *((n - span - 1) // step + 1 for n, span, step in sizes))


def _parameters(conv: Conv, shape: Shape) -> dict[str, Parameter]:
    sizes = (conv.channels, shape[0] // conv.groups, *conv.kernel_size)
    weight = kernel(sizes, ("out", "in", *WINDOW_AXES[len(conv.kernel_size)]))
    return {"weight": weight} | ({"bias": bias_of(weight)} if conv.bias else {})


def _enlarged(
    conv: Conv, rows: int, columns: int, window: Shape
) -> tuple[Shape, Layer]:
    window, groups = window[: len(conv.kernel_size)], min(conv.groups, 2)
    channels = groups * (columns // math.prod(window))
    plain: dict[str, Any] = {
        "stride": 1,
        "padding": 0,
        "dilation": 1,
        "name": None,
        "init": {},
    }
    large = replace(conv, channels=rows, kernel_size=window, groups=groups, **plain)
    return (channels, *window), large
