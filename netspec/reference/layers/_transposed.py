"""Transposed convolution: the pullback of a convolution, and its value as pullback."""

from __future__ import annotations

import math
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
from netspec.reference.layers._conv import _col2im, _im2col


@forward.register(ConvTranspose1D)
@forward.register(ConvTranspose2D)
@forward.register(ConvTranspose3D)
def _transposed(layer: ConvTranspose, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops, bias, groups = scope.ops, scope.optional("bias"), layer.groups
    weight, windows = scope.param("weight"), _windows(layer, x.shape[1:])
    inputs = x.shape[1] // groups
    kernels = weight.reshape(groups, inputs, -1)
    rows = x.swapaxes(0, 1).reshape(groups, inputs, -1)

    def spread(kernels: Array, rows: Array) -> Array:
        columns = kernels.swapaxes(1, 2) @ rows
        return _col2im(columns, windows, (len(x), layer.channels))

    y = ops.contract(spread, inputs * math.prod(windows.kernel), kernels, rows)
    if bias is not None:
        y = ops.value(y + bias.reshape(-1, *[1] * len(windows.out)))

    def pullback(dy: Array) -> Array:
        dy = dy.swapaxes(0, 1)
        columns = _im2col(dy, windows).reshape(groups, kernels.shape[2], -1)
        d_kernels = ops.contract(
            np.matmul, rows.shape[2], ops.value(rows), columns.swapaxes(1, 2)
        )
        scope.grad("weight", d_kernels.reshape(weight.shape))
        if bias is not None:
            flat = dy.reshape(layer.channels, -1)
            total = ops.contract(lambda a: a.sum(axis=1), flat.shape[1], flat)
            scope.grad("bias", total)
        dx = ops.contract(np.matmul, kernels.shape[2], kernels, columns)
        return dx.reshape(x.shape[1], len(x), *windows.out).swapaxes(0, 1)

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
