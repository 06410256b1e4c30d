"""What tells positions apart."""

# Keras has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

import keras
import numpy as np
from keras import initializers, layers, ops


@keras.saving.register_keras_serializable(package="netspec")
class PositionEmbedding(layers.Layer):
    """``x + weight``, the first rows of a learned table of so many positions."""

    def __init__(
        self, positions: int, initializer: Any = "zeros", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.positions = positions
        self.initializer = initializers.get(initializer)

    def build(self, shape: tuple[int, ...]) -> None:
        table, first = (self.positions, shape[-1]), self.initializer
        self.weight = self.add_weight(table, initializer=first, name="weight")

    def call(self, x: Any) -> Any:
        return x + self.weight[: x.shape[-2]]

    def get_config(self) -> dict[str, Any]:
        initializer = initializers.serialize(self.initializer)
        own = {"positions": self.positions, "initializer": initializer}
        return super().get_config() | own


@keras.saving.register_keras_serializable(package="netspec")
class SinusoidalPosition(layers.Layer):
    """Adds sines in even columns and cosines in odd ones (Vaswani et al., 2017)."""

    def __init__(self, base: float = 10000.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.base = base

    def call(self, x: Any) -> Any:
        length, dim = x.shape[-2:]
        turns = angles(length, dim, self.base)
        pairs = np.stack([np.sin(turns), np.cos(turns)], axis=-1)
        return x + ops.cast(pairs.reshape(length, -1)[:, :dim], x.dtype)


@keras.saving.register_keras_serializable(package="netspec")
class ClassToken(layers.Layer):
    """A learned position before all others."""

    def __init__(self, initializer: Any = "zeros", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.initializer = initializers.get(initializer)

    def build(self, shape: tuple[int, ...]) -> None:
        size, first = shape[-1:], self.initializer
        self.weight = self.add_weight(size, initializer=first, name="weight")

    def call(self, x: Any) -> Any:
        first = ops.zeros_like(x[..., :1, :]) + self.weight
        return ops.concatenate([first, x], axis=-2)

    def get_config(self) -> dict[str, Any]:
        own = {"initializer": initializers.serialize(self.initializer)}
        return super().get_config() | own


def angles(positions: int, dim: int, base: float) -> np.ndarray:
    """``t * base^(-2i / dim)`` for position t and pair i, in float64."""
    rates = [base ** (-2 * i / dim) for i in range((dim + 1) // 2)]
    return np.outer(np.arange(positions, dtype=np.float64), rates)
