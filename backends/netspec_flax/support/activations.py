"""A nonlinearity with parameters that `nnx.PReLU`, which has one slope, is not."""

from typing import Any

import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype
from jax import Array

from netspec_jax.support.base import Initializer


class PReLU(nnx.Module):
    """``x`` for x > 0, else ``slope * x``, one slope for all or for each channel."""

    def __init__(
        self,
        features: int,
        *,
        slope_init: Initializer,
        param_dtype: Dtype = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        slope = slope_init(rngs.params(), (features,), param_dtype)
        self.negative_slope = nnx.Param(slope)

    def __call__(self, x: Array) -> Any:
        return jnp.where(x > 0, x, self.negative_slope[...] * x)
