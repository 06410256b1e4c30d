"""Convolutions."""

from jax import Array, lax
from jax.nn import initializers

from netspec_jax.support.base import Initializer, Layer, Tree, parametric
from netspec_jax.support.dense import glorot_uniform, shift
from netspec_jax.support.windows import Padding, Sizes, per_axis, per_end


def conv(
    inputs: int,
    channels: int,
    kernel_size: tuple[int, ...],
    *,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    weight: Initializer = glorot_uniform,
    bias: Initializer | None = initializers.zeros,
) -> Layer:
    """Convolution over (batch, height, width, channels), or without the width; weight
    (height, width, inputs / groups, channels).
    """
    rank = len(kernel_size)
    axes = "HW"[:rank]

    def function(params: Tree, x: Array) -> Array:
        y = lax.conv_general_dilated(
            x,
            params["weight"],
            window_strides=per_axis(stride, rank),
            padding=per_end(padding, rank),
            rhs_dilation=per_axis(dilation, rank),
            dimension_numbers=(f"N{axes}C", f"{axes}IO", f"N{axes}C"),
            feature_group_count=groups,
        )
        return shift(params, y)

    shape = *kernel_size, inputs // groups, channels
    return parametric(function, weight=(weight, shape), bias=(bias, (channels,)))


def conv3d(
    inputs: int,
    channels: int,
    kernel_size: tuple[int, ...],
    *,
    stride: Sizes = 1,
    padding: Padding = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    weight: Initializer = glorot_uniform,
    bias: Initializer | None = initializers.zeros,
) -> Layer:
    """Convolution over (batch, depth, height, width, channels); weight (depth, height,
    width, inputs / groups, channels).
    """

    def function(params: Tree, x: Array) -> Array:
        y = lax.conv_general_dilated(
            x,
            params["weight"],
            window_strides=per_axis(stride, 3),
            padding=per_end(padding, 3),
            rhs_dilation=per_axis(dilation, 3),
            dimension_numbers=("NDHWC", "DHWIO", "NDHWC"),
            feature_group_count=groups,
        )
        return shift(params, y)

    shape = *kernel_size, inputs // groups, channels
    return parametric(function, weight=(weight, shape), bias=(bias, (channels,)))
