"""Normalizations.

The vector-Jacobian product of ``z = (x - mean) / sqrt(var + eps)`` over the same axes
is ``(dz - mean(dz) - z mean(dz z)) / sqrt(var + eps)`` (Ioffe and Szegedy, 2015).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from netspec.layers import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, RMSNorm
from netspec.reference._arithmetic import Arithmetic
from netspec.reference._evaluation import Array, Pullback, Scope, forward

Axes = tuple[int, ...]

# A sum that grows by equal terms, one after the other, is rounded the same way for half
# of them: n terms err by about n / 4, and not by the root of n
COHERENT = 4


class Normalized(NamedTuple):
    """A normalized array, its statistics, the vector-Jacobian product, and the array
    as a backward pass has it.
    """

    z: Array
    mean: Array
    variance: Array
    pullback: Pullback
    recalled: Callable[[], Array]


@forward.register
def _batch_norm(layer: BatchNorm, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    axes = (0, *range(2, x.ndim))
    moves = scope.train and layer.statistics == "running"
    if moves or layer.statistics == "batch":
        z = _normalize(x, axes, scope)
    else:
        z = _normalize_by_running(x, scope)
    if moves:
        _update_running(z, x.size // x.shape[1], layer, scope)
    return _affine(z.z, z.recalled, z.pullback, axes, scope)


@forward.register
def _layer_norm(layer: LayerNorm, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    trailing = tuple(range(x.ndim - layer.axes, x.ndim))
    z = _normalize(x, trailing, scope)
    return _affine(
        z.z, z.recalled, z.pullback, tuple(range(x.ndim - layer.axes)), scope
    )


@forward.register
def _rms_norm(layer: RMSNorm, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    return rms_norm(x, layer.axes, scope.scalar("eps"), scope)


def rms_norm(x: Array, axes: int, eps: float, scope: Scope) -> tuple[Array, Pullback]:
    """Compute ``x / sqrt(mean(x^2) + eps)`` over the last axes, times the weight of a
    scope, if it has one.
    """
    # the product above without its mean of dz, for none is subtracted from x
    trailing = tuple(range(x.ndim - axes, x.ndim))
    ops, count = scope.ops, math.prod(x.shape[axis] for axis in trailing)
    average = _average(trailing)
    square = ops.contract(average, count, ops.value(x * x))
    inverse = ops.value(1 / np.sqrt(ops.value(square + eps)))
    z = ops.value(x * inverse)

    def pullback(dz: Array) -> Array:
        saved = ops.value(z)
        along = ops.contract(average, count, ops.value(dz * saved))
        rest = dz - ops.value(saved * along)
        return ops.value(ops.value(rest) * ops.value(inverse))

    return _affine(
        z, lambda: ops.value(z), pullback, tuple(range(x.ndim - axes)), scope
    )


@forward.register
def _group_norm(layer: GroupNorm, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    grouped = x.reshape(len(x), layer.groups, -1)
    z = _normalize(grouped, (2,), scope)

    def pullback(dz: Array) -> Array:
        return z.pullback(dz.reshape(grouped.shape)).reshape(x.shape)

    def recalled() -> Array:
        return z.recalled().reshape(x.shape)

    summed = (0, *range(2, x.ndim))
    return _affine(z.z.reshape(x.shape), recalled, pullback, summed, scope)


@forward.register
def _instance_norm(
    layer: InstanceNorm, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    z = _normalize(x, tuple(range(2, x.ndim)), scope)
    return _affine(z.z, z.recalled, z.pullback, (0, *range(2, x.ndim)), scope)


def _normalize(x: Array, axes: Axes, scope: Scope) -> Normalized:
    ops, count = scope.ops, math.prod(x.shape[axis] for axis in axes)
    average = _average(axes)
    product = _average_product(axes, count)
    mean = ops.contract(average, count, x)
    centered = ops.value(x - mean)

    def length() -> Array:
        return np.asarray(count + (_repeats(x, axes) / COHERENT) ** 2)

    variance = ops.contract(product, length, centered, centered)
    inverse = ops.value(1 / np.sqrt(ops.value(variance + scope.scalar("eps"))))
    z = ops.value(centered * inverse)

    @cache
    def recalled() -> Array:
        return _recalled(x, mean, inverse, z, ops)

    def pullback(dz: Array) -> Array:
        saved = recalled()
        along = ops.contract(product, count, dz, saved)
        rest = dz - ops.contract(average, count, dz)
        rest -= ops.value(saved * along)
        rest = ops.value(rest)
        rest *= ops.value(inverse)
        return ops.value(rest)

    return Normalized(z, mean, variance, pullback, recalled)


def _repeats(x: Array, axes: Axes) -> Array:
    """Count, along axes, how often the smallest or the largest value occurs: in what a
    dead or saturated unit gives, nearly always.
    """
    ends = [end(x, axis=axes, keepdims=True) for end in (np.min, np.max)]
    counts = [np.sum(x == end, axis=axes, keepdims=True) for end in ends]
    return np.asarray(np.maximum(*counts))


def _recalled(
    x: Array, mean: Array, inverse: Array, z: Array, ops: Arithmetic
) -> Array:
    """Normalize once more, as a backward pass does that kept what was read, with the
    mean and the inverse: far from 0 the rounding of both is that of large numbers.
    Without rounding that is z.
    """
    saved = ops.value(x)
    if saved is x:
        return z
    return np.asarray(ops.value((saved - ops.value(mean)) * ops.value(inverse)))


def _average(axes: Axes) -> Callable[[Array], Array]:
    return lambda x: x.mean(axis=axes, keepdims=True)


def _average_product(axes: Axes, count: int) -> Callable[[Array, Array], Array]:
    """Return the mean of products over axes, for which these are not kept."""
    total = _total_product(axes)

    def average(a: Array, b: Array) -> Array:
        return np.expand_dims(total(a, b) / count, axes)

    return average


def _total_product(axes: Axes) -> Callable[[Array, Array], Array]:
    """Return the sum of products over axes, for which these are not kept."""

    def total(a: Array, b: Array) -> Array:
        every = [*range(a.ndim)]
        kept = [axis for axis in every if axis not in axes]
        return np.asarray(np.einsum(a, every, b, every, kept))

    return total


def _normalize_by_running(x: Array, scope: Scope) -> Normalized:
    ops = scope.ops
    mean = _along_channels(scope.param("running_mean"), x)
    variance = _along_channels(scope.param("running_var"), x)
    inverse = ops.value(1 / np.sqrt(ops.value(variance + scope.scalar("eps"))))
    z = ops.value(ops.value(x - mean) * inverse)
    return Normalized(
        *(z, mean, variance, lambda dz: ops.value(dz * inverse)),
        lambda: _recalled(x, mean, inverse, z, ops),
    )


def _update_running(z: Normalized, count: int, layer: BatchNorm, scope: Scope) -> None:
    """Move the running statistics.

    A framework may hold ``1 - decay`` and ``1 / sqrt(variance + eps)`` and take the
    decay and the variance back from them: both lose digits where they are small.
    """
    rule = layer.running_variance
    rule = scope.run.native_variance if rule == "native" else rule
    correction = count / max(count - 1, 1) if rule == "unbiased" else 1.0
    ops, decay = scope.ops, scope.scalar("decay")
    variance = z.variance + _rounding(z.variance + scope.scalar("eps"), ops)
    batch = {"running_mean": z.mean, "running_var": variance * correction}
    rest = 1 - decay
    share = decay - float(_rounding(np.asarray(rest), ops))
    for name, value in batch.items():
        kept = ops.value(share * scope.param(name))
        scope.update(name, ops.value(kept + ops.value(rest * value.ravel())))


def _rounding(x: Array, ops: Arithmetic) -> Array:
    return np.asarray(ops.value(x) - x)


def _affine(
    z: Array,
    recalled: Callable[[], Array],
    pullback: Pullback,
    summed: Axes,
    scope: Scope,
) -> tuple[Array, Pullback]:
    """Compute ``z * weight + bias``, which repeat along the axes `summed`."""
    ops = scope.ops
    weight, bias = scope.optional("weight"), scope.optional("bias")
    shape = tuple(1 if axis in summed else n for axis, n in enumerate(z.shape))
    count = math.prod(z.shape[axis] for axis in summed)

    def total(dy: Array) -> Array:
        return np.asarray(dy.sum(axis=summed))

    product = _total_product(summed)
    y = z if weight is None else ops.value(z * weight.reshape(shape))
    if bias is not None:
        y = np.add(y, bias.reshape(shape), out=None if weight is None else y)
        y = ops.value(y)

    def back(dy: Array) -> Array:
        if bias is not None:
            scope.grad("bias", ops.contract(total, count, dy))
        if weight is None:
            return pullback(dy)
        scope.grad("weight", ops.contract(product, count, dy, recalled()))
        return pullback(ops.value(dy * weight.reshape(shape)))

    return y, back


def _along_channels(statistic: Array, x: Array) -> Array:
    return statistic.reshape(1, -1, *(1,) * (x.ndim - 2))
