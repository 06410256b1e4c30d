"""First weights of kernels whose transpose is drawn."""

from typing import Any

from jax import Array

from netspec_jax.support.base import Initializer


def transposed(initializer: Initializer) -> Initializer:
    """What an initializer draws, its axes reversed."""

    def init(key: Array, shape: Any, *dtype: Any, **options: Any) -> Array:
        return initializer(key, tuple(shape)[::-1], *dtype, **options).T

    return init
