"""Layers that move values without changing them."""

from __future__ import annotations

from collections.abc import Sequence

from netspec import layers as L
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer
from netspec_onnx.layers._conv import pads


@register
def flatten(layer: L.Flatten, node: Placed, x: str, to: Writer) -> str:
    return to.op("Flatten", x, axis=1)


@register
def reshape(layer: L.Reshape, node: Placed, x: str, to: Writer) -> str:
    return reshaped(x, node.output_shape, to)


def reshaped(x: str, shape: tuple[int, ...], to: Writer) -> str:
    """Write a Reshape that keeps the batch axis."""
    return to.op("Reshape", x, to.integers([0, *shape], "shape"))


@register
def permute(layer: L.Permute, node: Placed, x: str, to: Writer) -> str:
    return to.op("Transpose", x, perm=[0, *layer.axes])


MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def margins(ends: Sequence[Sequence[int]], to: Writer) -> str:
    """Hold padding of positions as Pad takes it, with none of batch and channels."""
    none = (0, 0)
    return to.integers(pads((none, none, *ends)), "pads")


def pad(layer: L.Pad, node: Placed, x: str, to: Writer) -> str:
    if layer.mode != "constant":
        return to.op("Pad", x, margins(layer.ends, to), mode=MODES[layer.mode])
    value = (to.numbers(layer.value),) if layer.value else ()
    return to.op("Pad", x, margins(layer.ends, to), *value)


for _kind in (L.Pad1D, L.Pad2D, L.Pad3D):
    register(pad, _kind)
