"""A matrix whose kernel is that of an embedding, too."""

import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype
from jax import Array
from jax.nn import initializers

from netspec_jax.support.base import Initializer


class Unembed(nnx.Module):
    """``x @ embedding.T + bias``, with a table (out, in), which may be shared."""

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        use_bias: bool = True,
        kernel_init: Initializer,
        bias_init: Initializer = initializers.zeros,
        param_dtype: Dtype = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        table = kernel_init(rngs.params(), (in_features, out_features), param_dtype)
        self.embedding = nnx.Param(table.T)
        self.bias = nnx.data(None)
        if use_bias:
            bias = bias_init(rngs.params(), (out_features,), param_dtype)
            self.bias = nnx.Param(bias)

    def __call__(self, x: Array) -> Array:
        y: Array = x @ self.embedding[...].T
        return y if self.bias is None else y + self.bias[...]
