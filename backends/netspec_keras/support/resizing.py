"""Resizing of the axes between the first and the last to a size."""

# Keras has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from netspec_keras.support.pooling import along


@keras.saving.register_keras_serializable(package="netspec")
class Nearest(layers.Layer):
    """Position floor(i n / m) of n for each output i of m."""

    def __init__(self, size: tuple[int, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = size

    def call(self, x: Any) -> Any:
        for axis, m in enumerate(self.size, start=1):
            x = ops.take(x, np.arange(m) * x.shape[axis] // m, axis=axis)
        return x


@keras.saving.register_keras_serializable(package="netspec")
class Linear(layers.Layer):
    """The two positions around that of each output, by what lies between.

    Args:
        size: of the axes that come out.
        aligned: whether first and last positions keep their places.
    """

    def __init__(
        self, size: tuple[int, ...], aligned: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.size = size
        self.aligned = aligned

    def call(self, x: Any) -> Any:
        for axis, m in enumerate(self.size, start=1):
            x = along(x, self.shares(x.shape[axis], m), axis)
        return x

    def shares(self, n: int, m: int) -> np.ndarray:
        """The shares (m, n) that m positions have of n."""
        place = np.clip((np.arange(m) + 0.5) * n / m - 0.5, 0, n - 1)
        if self.aligned:
            place = np.linspace(0, n - 1 if m > 1 else 0, m)
        return np.maximum(1 - abs(place[:, None] - np.arange(n)), 0)
