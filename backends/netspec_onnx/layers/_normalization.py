"""Normalizations. ONNX holds eps as an attribute, in float32 whatever the model is:
`netspec_onnx.FLOAT32` says so.
"""

from __future__ import annotations

import numpy as np

from netspec import layers as L
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer


@register
def batch_norm(layer: L.BatchNorm, node: Placed, x: str, to: Writer) -> str:
    if layer.statistics == "batch":
        return _by_batch(layer, node, x, to)
    channels = node.input_shape[:1]
    scale, center = affine(node, channels, to)
    moments = (to.param(node, f"running_{name}") for name in ("mean", "var"))
    return to.op("BatchNormalization", x, scale, center, *moments, epsilon=layer.eps)


def _by_batch(layer: L.BatchNorm, node: Placed, x: str, to: Writer) -> str:
    """Write it out: the operator's training mode moves running statistics, which this
    has not.
    """
    axes = to.integers([0, *range(2, len(node.input_shape) + 1)], "axes")
    away = to.op("Sub", x, to.op("ReduceMean", x, axes))
    variance = to.op("ReduceMean", to.op("Mul", away, away), axes)
    eps = to.numbers(np.float32(layer.eps), "eps")  # as the other normalizations
    y = to.op("Div", away, to.op("Sqrt", to.op("Add", variance, eps)))
    return scaled(y, node, to)


@register
def layer_norm(layer: L.LayerNorm, node: Placed, x: str, to: Writer) -> str:
    scale, center = affine(node, node.input_shape[-layer.axes :], to)
    given = (x, scale, center) if layer.center else (x, scale)
    return to.op("LayerNormalization", *given, axis=-layer.axes, epsilon=layer.eps)


@register
def rms_norm(layer: L.RMSNorm, node: Placed, x: str, to: Writer) -> str:
    scale, _ = affine(node, node.input_shape[-layer.axes :], to)
    return to.op("RMSNormalization", x, scale, axis=-layer.axes, epsilon=layer.eps)


@register
def instance_norm(layer: L.InstanceNorm, node: Placed, x: str, to: Writer) -> str:
    held = affine(node, node.input_shape[:1], to)
    return to.op("InstanceNormalization", x, *held, epsilon=layer.eps)


@register
def group_norm(layer: L.GroupNorm, node: Placed, x: str, to: Writer) -> str:
    # onnxruntime's GroupNormalization subtracts squares, E[x^2] - E[x]^2, which in
    # float32 is NaN at a mean of 1e4; InstanceNormalization does not
    shape = to.integers([0, layer.groups, -1], "groups")
    ones, zeros = (to.numbers(np.full(layer.groups, value)) for value in (1, 0))
    apart = to.op("Reshape", x, shape)
    y = to.op("InstanceNormalization", apart, ones, zeros, epsilon=layer.eps)
    back = to.integers([0, *node.input_shape], "shape")
    return scaled(to.op("Reshape", y, back), node, to)


def affine(node: Placed, shape: tuple[int, ...], to: Writer) -> tuple[str, str]:
    """Name weight and bias; ones and zeros where the layer has none, as operators need
    both.
    """
    without = {"weight": 1.0, "bias": 0.0}
    weight, bias = (
        to.param(node, name)
        if name in node.parameters
        else to.numbers(np.full(shape, value), name)
        for name, value in without.items()
    )
    return weight, bias


def scaled(y: str, node: Placed, to: Writer) -> str:
    """Multiply channels with the weight, and add the bias, where the layer has them."""
    for name, kind in (("weight", "Mul"), ("bias", "Add")):
        if name in node.parameters:
            y = to.op(kind, y, per_channel(to.param(node, name), node, to))
    return y


def per_channel(vector: str, node: Placed, to: Writer) -> str:
    """Give a vector the axes with which it broadcasts along axis 1."""
    after = range(1, len(node.input_shape))
    if not after:
        return vector
    return to.op("Unsqueeze", vector, to.integers([*after], "axes"))
