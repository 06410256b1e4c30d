"""Transposed convolution: the pullback of a convolution, and its value as pullback."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from netspec.layers import (
    ConvTranspose,
    ConvTranspose1D,
    ConvTranspose2D,
    ConvTranspose3D,
    Shape,
)
from netspec.reference._evaluation import Array, Pullback, Scope, forward
from netspec.reference._windows import Windows


@forward.register(ConvTranspose1D)
@forward.register(ConvTranspose2D)
@forward.register(ConvTranspose3D)
def _transposed(layer: ConvTranspose, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    """Take one product of matrices for each tap: all taps at once need large memory."""
    ops, bias, groups = scope.ops, scope.optional("bias"), layer.groups
    weight, windows = scope.param("weight"), _windows(layer, x.shape[1:])
    inputs, outputs = x.shape[1] // groups, layer.channels // groups
    # (taps, groups, inputs, outputs) and (groups, inputs, positions and batch)
    split = weight.reshape(groups, inputs, outputs, -1)
    kernels = np.ascontiguousarray(split.transpose(3, 0, 1, 2))
    rows = np.moveaxis(x, 0, -1).reshape(groups, inputs, -1)

    def spread(kernels: Array, rows: Array) -> Array:
        lead = (layer.channels, len(x))
        products = (kernel.swapaxes(1, 2) @ rows for kernel in kernels)
        shape = (layer.channels, *windows.out, len(x))
        pieces = (np.moveaxis(p.reshape(shape), -1, 1) for p in products)
        return windows.scatter(pieces, lead, rows.dtype).swapaxes(0, 1)

    y = ops.contract(spread, inputs * len(kernels), kernels, rows)
    if bias is not None:
        y += bias.reshape(-1, *[1] * len(windows.out))  # in place: y is large, and new
        y = ops.value(y)

    def pullback(dy: Array) -> Array:
        lines = np.ascontiguousarray(np.moveaxis(dy, 0, -1))
        padded = windows.pad(np.moveaxis(lines, -1, 1))

        def pieces(padded: Array) -> Iterator[Array]:
            found = (np.moveaxis(padded[tap], 1, -1) for tap in windows.taps)
            return (piece.reshape(groups, outputs, -1) for piece in found)

        def of_weight(rows: Array, padded: Array) -> Array:
            found = [rows @ piece.swapaxes(1, 2) for piece in pieces(padded)]
            return np.stack(found, axis=-1).reshape(weight.shape)

        def of_input(kernels: Array, padded: Array) -> Array:
            pairs = zip(kernels, pieces(padded), strict=True)
            total = np.zeros_like(rows)
            for kernel, piece in pairs:
                total += kernel @ piece
            return total

        product = ops.contract(of_weight, rows.shape[2], ops.value(rows), padded)
        scope.grad("weight", product)
        if bias is not None:
            axes = (0, *range(2, dy.ndim))
            total = ops.contract(lambda a: a.sum(axis=axes), dy[:, 0].size, dy)
            scope.grad("bias", total)
        dx = ops.contract(of_input, outputs * len(kernels), kernels, padded)
        dx = dx.reshape(x.shape[1], *windows.out, len(x))
        return np.moveaxis(dx, -1, 0)

    return y, pullback


@lru_cache(maxsize=1024)
def _windows(layer: ConvTranspose, shape: Shape) -> Windows:
    """Return those of the convolution that reads the output and gives the input."""
    return Windows(
        layer.output_shape(shape)[1:],
        layer.kernel_size,
        layer.stride,
        layer.padding,
        layer.dilation,
        shape[1:],
    )
