"""First weights that `jax.nn.initializers` does not have."""

from jax import Array
from jax.typing import DTypeLike

from netspec_jax.support.base import Initializer


def shifted(mean: float, initializer: Initializer) -> Initializer:
    """What another initializer draws, plus a mean."""

    def init(key: Array, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        return mean + initializer(key, shape, dtype)

    return init
