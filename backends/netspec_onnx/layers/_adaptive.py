"""Pools that give a size. ONNX has windows of one size alone; where these do not do, an
average is a matrix along each axis, and a maximum one of what an index gathers.
"""

from __future__ import annotations

import numpy as np

from netspec import layers as L
from netspec.contract import Array
from netspec.layers import AdaptiveAvgPool, AdaptiveMaxPool, adaptive_windows
from netspec.spec import Placed
from netspec_onnx._lowering import register
from netspec_onnx._writer import Writer
from netspec_onnx.layers._matrices import along_axes


@register
def adaptive_average(
    layer: L.AdaptiveAvgPool1D | L.AdaptiveAvgPool2D | L.AdaptiveAvgPool3D,
    node: Placed,
    x: str,
    to: Writer,
) -> str:
    if window := _regular(layer, node):
        return to.op("AveragePool", x, kernel_shape=window, strides=window)
    sizes = zip(node.input_shape[1:], layer.size, strict=True)
    return along_axes(x, [means(n, m) for n, m in sizes], to)


@register
def adaptive_max(
    layer: L.AdaptiveMaxPool1D | L.AdaptiveMaxPool2D | L.AdaptiveMaxPool3D,
    node: Placed,
    x: str,
    to: Writer,
) -> str:
    if window := _regular(layer, node):
        return to.op("MaxPool", x, kernel_shape=window, strides=window)
    for axis, (n, m) in enumerate(
        zip(node.input_shape[1:], layer.size, strict=True), start=2
    ):
        gathered = to.op("Gather", x, to.integers(_places(n, m), "places"), axis=axis)
        axes = to.integers([axis + 1], "axes")
        x = to.op("ReduceMax", gathered, axes, keepdims=0)
    return x


def _regular(
    layer: AdaptiveAvgPool | AdaptiveMaxPool, node: Placed
) -> tuple[int, ...] | None:
    """Return the window of a pool that does the same; None if there is none."""
    sizes = [*zip(node.input_shape[1:], layer.size, strict=True)]
    return None if any(n % m for n, m in sizes) else tuple(n // m for n, m in sizes)


def means(n: int, m: int) -> Array:
    """Return the matrix, (m, n), that is an average over m windows of n positions."""
    matrix = np.zeros((m, n))
    for row, (start, stop) in enumerate(adaptive_windows(n, m)):
        matrix[row, start:stop] = 1 / (stop - start)
    return matrix


def _places(n: int, m: int) -> Array:
    """List what each window sees, (m, longest), where the last is said again."""
    windows = adaptive_windows(n, m)
    longest = max(stop - start for start, stop in windows)
    steps = np.arange(longest)
    return np.stack([np.minimum(start + steps, stop - 1) for start, stop in windows])
