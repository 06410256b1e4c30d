"""Multiplication and addition along axes."""

from __future__ import annotations

import numpy as np

from netspec import layers as L
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer


@register
def rescale(layer: L.Rescale, node: Placed, x: str, to: Writer) -> str:
    parts = (("Mul", layer.scale, 1.0), ("Add", layer.offset, 0.0))
    for kind, values, neutral in parts:
        if values != neutral:
            x = to.op(kind, x, to.numbers(_columns(values, node)))
    return x


def _columns(values: float | tuple[float, ...], node: Placed) -> object:
    """Give one number for each channel the axes with which it broadcasts."""
    if isinstance(values, float):
        return values
    return np.reshape(values, (-1, *[1] * (len(node.input_shape) - 1)))


@register
def scale(layer: L.Scale, node: Placed, x: str, to: Writer) -> str:
    own = layer.resolved(node.input_shape)
    # after the first of its axes, all that it has not
    added = [axis - own[0] for axis in range(own[0], len(node.input_shape) + 1)]
    axes = [place for place in added if place + own[0] not in own]
    for name, kind in (("weight", "Mul"), ("bias", "Add")):
        if name in node.parameters:
            x = to.op(kind, x, _spread(to.param(node, name), axes, to))
    return x


def _spread(value: str, axes: list[int], to: Writer) -> str:
    return to.op("Unsqueeze", value, to.integers(axes, "axes")) if axes else value
