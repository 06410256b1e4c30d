"""First weights that `jax.nn.initializers` does not have."""

import jax.numpy as jnp
from jax import Array, random
from jax.typing import DTypeLike

from netspec_jax.support.base import Initializer


def shifted(mean: float, initializer: Initializer) -> Initializer:
    """What another initializer draws, plus a mean."""

    def init(key: Array, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        return mean + initializer(key, shape, dtype)

    return init


def per_gate(*gates: Initializer) -> Initializer:
    """What an initializer for each of the parts of one size along axis 0 draws."""

    def init(key: Array, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        keys, part = random.split(key, len(gates)), (shape[0] // len(gates), *shape[1:])
        drawn = [gate(own, part, dtype) for gate, own in zip(gates, keys, strict=True)]
        return jnp.concatenate(drawn)

    return init
