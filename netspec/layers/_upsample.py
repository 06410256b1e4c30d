"""Resizing of positions, never antialiased.

Output i of m takes from n positions, after PyTorch's `Upsample` with a size,

- nearest: position floor(i n / m), in whole numbers;
- linear: the two around (i + 1/2) n / m - 1/2, the first where that is negative, the
  last twice at the end; with aligned corners the two around i (n - 1) / (m - 1).
"""

from __future__ import annotations

from dataclasses import KW_ONLY, replace

from netspec.declare import Field
from netspec.declare.rules import BOOL, choice
from netspec.errors import SpecError
from netspec.layers._base import Layer, layer, need_rank
from netspec.layers._facts import Shape
from netspec.layers._spatial import AXES, STRIDES, OptionalPerAxis, Sizes

__all__ = ["Upsample1D", "Upsample2D", "Upsample3D"]


def _meant(value: object) -> str:
    known = isinstance(value, str) and value in ("bilinear", "trilinear")
    return "; here it is 'linear', along every axis" if known else ""


MODE = replace(choice("nearest", "linear"), remedy=_meant)


@layer
class Upsample1D(Layer):
    """Resizing of (channels, length) by a factor or to a size.

    Attributes:
        scale: whole factor; give this or `size`.
        size: what comes out, which may be less than what comes in.
        mode: ``"nearest"``, or ``"linear"`` along every axis.
        align_corners: whether the first and the last positions are kept, as linear
            resizing may do.

    Shapes: (c, n) to (c, m).
    """

    spatial = True

    scale: OptionalPerAxis = Field(STRIDES[1], default=None)
    _: KW_ONLY
    size: OptionalPerAxis = Field(STRIDES[1], default=None)
    mode: Field[str, str] = Field(MODE, default="nearest")
    align_corners: Field[bool, bool] = Field(BOOL, default=False)

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape, 1)


@layer
class Upsample2D(Layer):
    """Resizing of (channels, height, width) by a factor or to a size.

    Attributes:
        scale: whole factor; one number or (height, width); give this or `size`.
        size: what comes out, which may be less than what comes in.
        mode: ``"nearest"``, or ``"linear"`` along every axis.
        align_corners: whether the first and the last positions are kept, as linear
            resizing may do.

    Shapes: (c, h, w) to (c, h', w').
    """

    spatial = True

    scale: OptionalPerAxis = Field(STRIDES[2], default=None)
    _: KW_ONLY
    size: OptionalPerAxis = Field(STRIDES[2], default=None)
    mode: Field[str, str] = Field(MODE, default="nearest")
    align_corners: Field[bool, bool] = Field(BOOL, default=False)

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape, 2)


@layer
class Upsample3D(Layer):
    """Resizing of (channels, depth, height, width) by a factor or to a size.

    Attributes:
        scale: whole factor; one number or (depth, height, width); give this or `size`.
        size: what comes out, which may be less than what comes in.
        mode: ``"nearest"``, or ``"linear"`` along every axis.
        align_corners: whether the first and the last positions are kept, as linear
            resizing may do.

    Shapes: (c, d, h, w) to (c, d', h', w').
    """

    spatial = True

    scale: OptionalPerAxis = Field(STRIDES[3], default=None)
    _: KW_ONLY
    size: OptionalPerAxis = Field(STRIDES[3], default=None)
    mode: Field[str, str] = Field(MODE, default="nearest")
    align_corners: Field[bool, bool] = Field(BOOL, default=False)

    def output_shape(self, shape: Shape) -> Shape:
        return _output_shape(self, shape, 3)


Upsample = Upsample1D | Upsample2D | Upsample3D


def _output_shape(layer: Upsample, shape: Shape, rank: int) -> Shape:
    need_rank(shape, rank + 1, AXES[rank])
    if layer.align_corners and layer.mode == "nearest":
        raise SpecError(
            "align_corners is for mode 'linear', received mode 'nearest'; leave it out"
            " or give mode='linear'"
        )
    return (shape[0], *_sizes(layer, shape[1:]))


def _sizes(layer: Upsample, positions: Sizes) -> Sizes:
    if layer.size is not None and layer.scale is None:
        return layer.size
    if layer.scale is not None and layer.size is None:
        return tuple(n * s for n, s in zip(positions, layer.scale, strict=True))
    given = "neither" if layer.scale is None else "both"
    raise SpecError(
        f"needs a scale or a size, received {given}; give one, such as scale=2"
    )
