"""Normalizations: ``(x - mean) / sqrt(var + eps) * weight + bias``. Parameters that are
drawn by None are left out.
"""

import jax.numpy as jnp
from jax import Array, lax
from jax.nn import initializers
from jax.typing import DTypeLike

from netspec_jax.support.base import Initializer, Layer, Mode, Tree, draw, parametric


def moments(x: Array, axes: tuple[int, ...]) -> tuple[Array, Array]:
    """Mean and biased variance; the axes are kept."""
    mean = x.mean(axes, keepdims=True)
    return mean, jnp.square(x - mean).mean(axes, keepdims=True)


def normalize(x: Array, mean: Array, var: Array, eps: float) -> Array:
    """``(x - mean) / sqrt(var + eps)``."""
    return (x - mean) * lax.rsqrt(var + eps)


def affine(params: Tree, x: Array) -> Array:
    """``x * weight + bias``, as far as there are any."""
    if "weight" in params:
        x = x * params["weight"]
    return x + params["bias"] if "bias" in params else x


def batch_norm(
    channels: int,
    *,
    decay: float = 0.9,
    eps: float = 1e-5,
    unbiased: bool = False,
    weight: Initializer | None = initializers.ones,
    bias: Initializer | None = initializers.zeros,
    running_mean: Initializer = initializers.zeros,
    running_var: Initializer = initializers.ones,
) -> Layer:
    """Normalization of each channel, the last axis, over all others.

    Args:
        channels: how many.
        decay: weight of the old running statistics.
        eps: added to the variance.
        unbiased: whether the running variance averages unbiased variances (n - 1).
        weight: draws the scale.
        bias: draws the shift.
        running_mean: draws the first one.
        running_var: draws the first one.
    """
    size = (channels,)

    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        params = draw(
            key,
            dtype,
            weight=(weight, size),
            bias=(bias, size),
            running_mean=(running_mean, size),
            running_var=(running_var, size),
        )
        return params, {
            name: params.pop(name) for name in ("running_mean", "running_var")
        }

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        if not mode.train:
            mean, var = state["running_mean"], state["running_var"]
            return affine(params, normalize(x, mean, var, eps)), state
        mean, var = moments(x, tuple(range(x.ndim - 1)))
        y = affine(params, normalize(x, mean, var, eps))
        return y, running(state, mean, var, x.size // channels)

    def running(state: Tree, mean: Array, var: Array, count: int) -> Tree:
        share = count / max(count - 1, 1) if unbiased else 1
        batch = {"running_mean": mean, "running_var": share * var}
        return {
            name: decay * state[name] + (1 - decay) * value.reshape(size)
            for name, value in batch.items()
        }

    return Layer(init, apply)


def frozen_batch_norm(
    channels: int,
    *,
    eps: float = 1e-5,
    weight: Initializer | None = initializers.ones,
    bias: Initializer | None = initializers.zeros,
    running_mean: Initializer = initializers.zeros,
    running_var: Initializer = initializers.ones,
) -> Layer:
    """Normalization of each channel, the last axis, by running statistics, which
    training keeps as they are.
    """
    size = (channels,)

    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        learned = {"weight": (weight, size), "bias": (bias, size)}
        held = {
            "running_mean": (running_mean, size),
            "running_var": (running_var, size),
        }
        drawn = draw(key, dtype, **learned, **held)
        return drawn, {name: drawn.pop(name) for name in held}

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        mean, var = state["running_mean"], state["running_var"]
        return affine(params, normalize(x, mean, var, eps)), state

    return Layer(init, apply)


def batch_statistics(
    channels: int,
    *,
    eps: float = 1e-5,
    weight: Initializer | None = initializers.ones,
    bias: Initializer | None = initializers.zeros,
) -> Layer:
    """Normalization of each channel, the last axis, over all others, by the statistics
    of the batch, in evaluation, too.
    """

    def function(params: Tree, x: Array) -> Array:
        return affine(params, normalize(x, *moments(x, tuple(range(x.ndim - 1))), eps))

    return parametric(function, weight=(weight, (channels,)), bias=(bias, (channels,)))


def layer_norm(
    *sizes: int,
    eps: float = 1e-5,
    weight: Initializer | None = initializers.ones,
    bias: Initializer | None = initializers.zeros,
) -> Layer:
    """Normalization over the last axes, which have these sizes."""
    axes = tuple(range(-len(sizes), 0))

    def function(params: Tree, x: Array) -> Array:
        return affine(params, normalize(x, *moments(x, axes), eps))

    return parametric(function, weight=(weight, sizes), bias=(bias, sizes))


def rms_norm(
    *sizes: int,
    eps: float = 1e-6,
    weight: Initializer | None = initializers.ones,
) -> Layer:
    """``x / sqrt(mean(x^2) + eps) * weight`` over the last axes, of these sizes."""
    axes = tuple(range(-len(sizes), 0))

    def function(params: Tree, x: Array) -> Array:
        square = jnp.square(x).mean(axes, keepdims=True)
        return affine(params, x * lax.rsqrt(square + eps))

    return parametric(function, weight=(weight, sizes))


def group_norm(
    groups: int,
    channels: int,
    *,
    eps: float = 1e-5,
    weight: Initializer | None = initializers.ones,
    bias: Initializer | None = initializers.zeros,
) -> Layer:
    """Normalization over all positions of a group of channels, the last axis."""

    def function(params: Tree, x: Array) -> Array:
        grouped = x.reshape(*x.shape[:-1], groups, channels // groups)
        all_but_groups = *range(1, x.ndim - 1), x.ndim
        z = normalize(grouped, *moments(grouped, all_but_groups), eps)
        return affine(params, z.reshape(x.shape))

    return parametric(function, weight=(weight, (channels,)), bias=(bias, (channels,)))


def instance_norm(
    channels: int,
    *,
    eps: float = 1e-5,
    weight: Initializer | None = initializers.ones,
    bias: Initializer | None = initializers.zeros,
) -> Layer:
    """Normalization over all positions of a channel, the last axis."""

    def function(params: Tree, x: Array) -> Array:
        positions = tuple(range(1, x.ndim - 1))
        return affine(params, normalize(x, *moments(x, positions), eps))

    return parametric(function, weight=(weight, (channels,)), bias=(bias, (channels,)))
