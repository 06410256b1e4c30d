"""Multiplication and addition along axes."""

from __future__ import annotations

import math

import numpy as np

from netspec import layers as nl
from netspec.reference._evaluation import Array, Pullback, Scope, forward


@forward.register
def _rescale(layer: nl.Rescale, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops = scope.ops
    scale, offset = (_per_channel(v, x) for v in (layer.scale, layer.offset))
    y = ops.value(ops.value(x * scale) + offset)
    return y, lambda dy: ops.value(dy * scale)


def _per_channel(values: float | tuple[float, ...], x: Array) -> Array:
    constants = np.array(values, x.dtype)
    return (
        constants if constants.ndim == 0 else constants.reshape(-1, *[1] * (x.ndim - 2))
    )


@forward.register
def _scale(layer: nl.Scale, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    ops, kept = scope.ops, layer.resolved(x.shape[1:])
    weight, bias = scope.param("weight"), scope.optional("bias")
    summed = tuple(axis for axis in range(x.ndim) if axis not in kept)
    shape = tuple(1 if axis in summed else n for axis, n in enumerate(x.shape))
    count = math.prod(x.shape[axis] for axis in summed)

    def total(dy: Array) -> Array:
        return np.asarray(dy.sum(axis=summed))

    def pullback(dy: Array) -> Array:
        if bias is not None:
            scope.grad("bias", ops.contract(total, count, dy))
        product = ops.value(dy * ops.value(x))
        scope.grad("weight", ops.contract(total, count, product))
        return ops.value(dy * weight.reshape(shape))

    y = ops.value(x * weight.reshape(shape))
    return (y if bias is None else ops.value(y + bias.reshape(shape))), pullback
