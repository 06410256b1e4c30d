"""Convolution: im2col and one matrix product.

Activations are held with the channels outermost in memory and the batch innermost,
(c, *positions, n), behind a view of shape (n, c, *positions): columns are then copies
of long rows, the product needs no transpose, and sums over batch and positions run
along memory.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from netspec.layers import Conv, Conv1D, Conv2D, Conv3D, Shape, conv_padding
from netspec.reference._evaluation import Array, Pullback, Scope, forward
from netspec.reference._windows import Windows

CACHE = 2**19  # values


@forward.register(Conv1D)
@forward.register(Conv2D)
@forward.register(Conv3D)
def _conv(layer: Conv, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops, bias = scope.ops, scope.optional("bias")
    weight = scope.param("weight")
    windows, groups = _windows(layer, x.shape[1:]), layer.groups
    kernels = weight.reshape(groups, layer.channels // groups, -1)
    rows = kernels.shape[2]

    def unfolded(x: Array) -> Array:
        return _im2col(x, windows).reshape(groups, rows, -1)

    columns = unfolded(x)
    positions = columns.shape[2]
    y = ops.contract(np.matmul, rows, kernels, columns)
    if bias is not None:
        y += bias.reshape(groups, -1, 1)
        y = ops.value(y)

    def spread(kernels: Array, dy: Array) -> Array:
        return _spread(kernels, dy, windows, x.shape[:2])

    def pullback(dy: Array) -> Array:
        dy = np.moveaxis(dy, 0, -1).reshape(groups, -1, positions)
        saved = ops.value(x)
        held = columns if saved is x else unfolded(saved)
        d_kernels = ops.contract(np.matmul, positions, dy, held.swapaxes(1, 2))
        scope.grad("weight", d_kernels.reshape(weight.shape))
        if bias is not None:
            total = ops.contract(lambda a: a.sum(axis=2), positions, dy)
            scope.grad("bias", total.ravel())
        length = kernels.shape[1] * math.prod(windows.kernel)
        return ops.contract(spread, length, kernels, dy)

    y = y.reshape(layer.channels, *windows.out, len(x))
    return np.moveaxis(y, -1, 0), pullback


@lru_cache(maxsize=1024)
def _windows(layer: Conv, shape: Shape) -> Windows:
    size, out = shape[1:], layer.output_shape(shape)[1:]
    before = tuple(low for low, _ in conv_padding(layer, shape))
    return Windows(size, layer.kernel_size, layer.stride, before, layer.dilation, out)


def _im2col(x: Array, windows: Windows) -> Array:
    """Copy (n, c, *positions) to columns (c, taps, *windows, n)."""
    lines = np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 0, -1)), -1, 1)
    padded = windows.pad(lines)
    columns = np.empty((x.shape[1], len(windows.taps), *windows.out, len(x)), x.dtype)
    places = np.moveaxis(columns, -1, 2)
    for index, tap in enumerate(windows.taps):
        places[:, index] = padded[tap]
    return columns


def _spread(
    kernels: Array, dy: Array, windows: Windows, lead: tuple[int, int]
) -> Array:
    """Add the gradients of columns, (groups, c / groups * taps, positions), up at their
    places, the transpose of `_im2col`, for as many channels at a time as fit the cache;
    return a view of shape (n, c, *positions).
    """
    (batch, channels), taps = lead, len(windows.taps)
    groups, _, rows = kernels.shape
    count = max(1, CACHE // (groups * taps * dy.shape[2])) * taps
    shape = (groups, channels // groups, *windows.padded_shape(), batch)
    padded = np.moveaxis(np.zeros(shape, dy.dtype), -1, 2)
    for start in range(0, rows, count):
        columns = kernels[..., start : start + count].swapaxes(1, 2) @ dy
        columns = columns.reshape(groups, -1, taps, *windows.out, batch)
        columns = np.moveaxis(columns, -1, 3)
        some = padded[:, start // taps : (start + count) // taps]
        for index, tap in enumerate(windows.taps):
            some[tap] += columns[:, :, index]
    lines = windows.crop(padded)
    return np.moveaxis(lines.reshape(channels, batch, *windows.size), 1, 0)
