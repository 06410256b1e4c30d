"""Transposed convolutions."""

import jax.numpy as jnp
from jax import Array, lax
from jax.nn import initializers

from netspec_jax.support.base import Initializer, Layer, Tree, parametric
from netspec_jax.support.dense import glorot_uniform, shift
from netspec_jax.support.windows import Sizes, per_axis


def conv_transpose(
    inputs: int,
    channels: int,
    kernel_size: tuple[int, ...],
    *,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    weight: Initializer = glorot_uniform,
    bias: Initializer | None = initializers.zeros,
) -> Layer:
    """Transposed convolution over (batch, *positions, channels): one of x with zeros
    between its positions, by the mirrored kernel. The weight is that of the convolution
    which is transposed, (*window, channels / groups, inputs).
    """
    rank = len(kernel_size)
    axes = "DHW"[3 - rank :]
    sizes = (per_axis(n, rank) for n in (dilation, padding, output_padding))
    taken = zip(kernel_size, *sizes, strict=True)
    ends = [(d * (k - 1) - p, d * (k - 1) - p + more) for k, d, p, more in taken]

    def function(params: Tree, x: Array) -> Array:
        y = lax.conv_general_dilated(
            x,
            mirrored(params["weight"], groups),
            window_strides=(1,) * rank,
            padding=ends,
            lhs_dilation=per_axis(stride, rank),
            rhs_dilation=per_axis(dilation, rank),
            dimension_numbers=(f"N{axes}C", f"{axes}IO", f"N{axes}C"),
            feature_group_count=groups,
        )
        return shift(params, y)

    shape = *kernel_size, channels // groups, inputs
    return parametric(function, weight=(weight, shape), bias=(bias, (channels,)))


def mirrored(weight: Array, groups: int) -> Array:
    """(*window, out / groups, in) as (*window, in / groups, out), mirrored."""
    *window, outputs, inputs = weight.shape
    parts = weight.reshape(*window, outputs, groups, inputs // groups)
    kernel = jnp.moveaxis(parts, -1, -3).swapaxes(-1, -2)
    kernel = kernel.reshape(*window, inputs // groups, groups * outputs)
    return jnp.flip(kernel, range(len(window)))
