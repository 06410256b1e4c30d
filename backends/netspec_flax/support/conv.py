"""Convolutions that `nnx.Conv` and `nnx.ConvTranspose` are not."""

from typing import Any

import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype
from jax import Array, lax
from jax.nn import initializers

from netspec_flax.support.pooling import Sizes
from netspec_jax.support.base import Initializer
from netspec_jax.support.transposed import mirrored


def padded_before(
    x: Array, kernel: Array, strides: Any, padding: Any, **options: Any
) -> Array:
    """`lax.conv_general_dilated`, its padding added before."""
    x = jnp.pad(x, [(0, 0), *padding, (0, 0)])
    return lax.conv_general_dilated(x, kernel, strides, "VALID", **options)


class ConvTranspose(nnx.Module):
    """Transposed convolution over (batch, *positions, channels): one of x with zeros
    between its positions, by the mirrored kernel. The kernel is that of the convolution
    which is transposed, (*window, out_features / groups, in_features).
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        kernel_size: Sizes,
        *,
        strides: Sizes,
        padding: Sizes,
        output_padding: Sizes,
        kernel_dilation: Sizes,
        feature_group_count: int = 1,
        use_bias: bool = True,
        kernel_init: Initializer,
        bias_init: Initializer = initializers.zeros,
        param_dtype: Dtype = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        shape = *kernel_size, out_features // feature_group_count, in_features
        self.kernel = nnx.Param(kernel_init(rngs.params(), shape, param_dtype))
        self.bias = nnx.data(None)
        if use_bias:
            bias = bias_init(rngs.params(), (out_features,), param_dtype)
            self.bias = nnx.Param(bias)
        self.strides, self.kernel_dilation = strides, kernel_dilation
        self.feature_group_count = feature_group_count
        sizes = kernel_size, kernel_dilation, padding, output_padding
        self.padding = tuple(
            (d * (k - 1) - p, d * (k - 1) - p + more)
            for k, d, p, more in zip(*sizes, strict=True)
        )

    def __call__(self, x: Array) -> Array:
        axes = "DHW"[-len(self.strides) :]
        y = lax.conv_general_dilated(
            x,
            mirrored(self.kernel[...], self.feature_group_count),
            window_strides=(1,) * len(axes),
            padding=self.padding,
            lhs_dilation=self.strides,
            rhs_dilation=self.kernel_dilation,
            dimension_numbers=(f"N{axes}C", f"{axes}IO", f"N{axes}C"),
            feature_group_count=self.feature_group_count,
        )
        return y if self.bias is None else y + self.bias[...]
