"""Normalization by the channels that lie near."""

from __future__ import annotations

import math

import numpy as np

from netspec import layers as L
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer
from netspec_onnx.layers._shape import reshaped


@register
def local_response(layer: L.LocalResponseNorm, node: Placed, x: str, to: Writer) -> str:
    if layer.size % 2 == 0:
        return _averaged(layer, node, x, to)
    channels, *positions = node.input_shape
    if len(positions) == 2:
        return _normalized(layer, x, to)
    # runtimes know no other than (batch, channels, height, width)
    y = reshaped(x, (channels, 1, math.prod(positions)), to)
    return reshaped(_normalized(layer, y, to), node.input_shape, to)


def _normalized(layer: L.LocalResponseNorm, x: str, to: Writer) -> str:
    given = {"alpha": layer.alpha, "beta": layer.beta, "bias": layer.k}
    return to.op("LRN", x, size=layer.size, **given)


def _averaged(layer: L.LocalResponseNorm, node: Placed, x: str, to: Writer) -> str:
    """Write out what LRN does where the size is even: onnxruntime refuses it, and its
    odd channel is the one after, ours the one before.
    """
    channels, *positions = node.input_shape
    plane = reshaped(to.op("Mul", x, x), (1, channels, math.prod(positions)), to)
    mean = to.op(
        "AveragePool",
        plane,
        kernel_shape=[layer.size, 1],
        pads=[layer.size // 2, 0, (layer.size - 1) // 2, 0],
        count_include_pad=1,
    )
    # in float32, as the operator holds them
    alpha, beta, k = map(np.float32, (layer.alpha, layer.beta, layer.k))
    share = to.op("Mul", reshaped(mean, node.input_shape, to), to.numbers(alpha))
    base = to.op("Add", share, to.numbers(k))
    return to.op("Div", x, to.op("Pow", base, to.numbers(beta)))
