"""Dropout of values, of channels, of examples."""

import jax.numpy as jnp
from jax import Array, random
from jax.typing import DTypeLike

from netspec_jax.support.base import Layer, Mode, Tree


def dropout(rate: float) -> Layer:
    """Training zeroes values with probability `rate` and scales up the others."""

    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        return {}, {}

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        if not mode.train or rate == 0:
            return x, state
        if mode.key is None:
            raise ValueError(
                "training with dropout needs a key, a new one for each step:"
                " apply(params, state, x, train=True, key=key)"
            )
        kept = random.bernoulli(mode.key, 1 - rate, x.shape)
        return jnp.where(kept, x / (1 - rate), 0), state

    return Layer(init, apply)


def dropout_along(rate: float, *axes: int) -> Layer:
    """Training draws with probability `rate` along these axes, zeroes what lies behind
    a draw whole and scales up the rest.
    """

    def init(key: Array, dtype: DTypeLike) -> tuple[Tree, Tree]:
        return {}, {}

    def apply(params: Tree, state: Tree, x: Array, mode: Mode) -> tuple[Array, Tree]:
        if not mode.train or rate == 0:
            return x, state
        if mode.key is None:
            raise ValueError(
                "training with dropout needs a key, a new one for each step:"
                " apply(params, state, x, train=True, key=key)"
            )
        shape = [size if axis in axes else 1 for axis, size in enumerate(x.shape)]
        kept = random.bernoulli(mode.key, 1 - rate, shape)
        return jnp.where(kept, x / (1 - rate), 0), state

    return Layer(init, apply)
