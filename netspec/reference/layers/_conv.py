"""Convolution: im2col and one matrix product.

Activations are held with channels outermost in memory, (c, n, *positions), behind a
view of shape (n, c, *positions): columns are then plain copies, the product needs no
transpose, and sums over batch and positions run along memory.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from netspec.layers import Conv, Conv1D, Conv2D, Conv3D, Shape, conv_padding
from netspec.reference._evaluation import Array, Pullback, Scope, forward
from netspec.reference._windows import Windows


@forward.register(Conv1D)
@forward.register(Conv2D)
@forward.register(Conv3D)
def _conv(layer: Conv, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops, bias = scope.ops, scope.optional("bias")
    weight = scope.param("weight")
    windows, groups = _windows(layer, x.shape[1:]), layer.groups
    kernels = weight.reshape(groups, layer.channels // groups, -1)
    columns = _im2col(x.swapaxes(0, 1), windows).reshape(groups, kernels.shape[2], -1)
    rows, positions = kernels.shape[2], columns.shape[2]
    y = ops.contract(np.matmul, rows, kernels, columns)
    if bias is not None:
        y = ops.value(y + bias.reshape(groups, -1, 1))

    def spread(kernels: Array, dy: Array) -> Array:
        d_columns = kernels.swapaxes(1, 2) @ dy
        return _col2im(d_columns, windows, x.shape[:2])

    def pullback(dy: Array) -> Array:
        dy = dy.swapaxes(0, 1).reshape(groups, -1, positions)
        d_kernels = ops.contract(
            np.matmul, positions, dy, ops.value(columns).swapaxes(1, 2)
        )
        scope.grad("weight", d_kernels.reshape(weight.shape))
        if bias is not None:
            total = ops.contract(lambda a: a.sum(axis=2), positions, dy)
            scope.grad("bias", total.ravel())
        length = kernels.shape[1] * math.prod(windows.kernel)
        return ops.contract(spread, length, kernels, dy)

    return y.reshape(layer.channels, len(x), *windows.out).swapaxes(0, 1), pullback


@lru_cache(maxsize=1024)
def _windows(layer: Conv, shape: Shape) -> Windows:
    size, out = shape[1:], layer.output_shape(shape)[1:]
    before = tuple(low for low, _ in conv_padding(layer, shape))
    return Windows(size, layer.kernel_size, layer.stride, before, layer.dilation, out)


def _im2col(x: Array, windows: Windows) -> Array:
    """Copy (c, n, *positions) to columns (c, taps, n, *windows)."""
    padded = windows.pad(x)
    taps = math.prod(windows.kernel)
    columns = np.empty((len(x), taps, x.shape[1], *windows.out), x.dtype)
    for index, tap in enumerate(windows.taps):
        columns[:, index] = padded[tap]
    return columns


def _col2im(columns: Array, windows: Windows, lead: tuple[int, int]) -> Array:
    """Add columns up at their positions, the transpose of `_im2col`; return a view of
    shape (n, c, *positions).
    """
    batch, channels = lead
    taps = math.prod(windows.kernel)
    pieces = columns.reshape(channels, taps, batch, *windows.out).swapaxes(0, 1)
    return windows.scatter(iter(pieces), (channels, batch), columns.dtype).swapaxes(
        0, 1
    )
