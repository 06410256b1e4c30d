"""What tells positions apart."""

import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype
from jax import Array
from jax.nn import initializers

from netspec_jax.support.base import Initializer

near_zero = initializers.normal(0.02)


class PositionEmbedding(nnx.Module):
    """``x + embedding``, the first rows of a learned table, (positions, features)."""

    def __init__(
        self,
        positions: int,
        features: int,
        *,
        embedding_init: Initializer = near_zero,
        param_dtype: Dtype = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        table = embedding_init(rngs.params(), (positions, features), param_dtype)
        self.embedding = nnx.Param(table)

    def __call__(self, x: Array) -> Array:
        return x + self.embedding[: x.shape[-2]]


class ClassToken(nnx.Module):
    """A learned position before all others."""

    def __init__(
        self,
        features: int,
        *,
        embedding_init: Initializer = initializers.zeros,
        param_dtype: Dtype = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        token = embedding_init(rngs.params(), (features,), param_dtype)
        self.embedding = nnx.Param(token)

    def __call__(self, x: Array) -> Array:
        shape = *x.shape[:-2], 1, x.shape[-1]
        token = jnp.broadcast_to(self.embedding[...], shape)
        return jnp.concatenate([token, x], axis=-2)
