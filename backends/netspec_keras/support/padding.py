"""Padding that Keras does not have."""

# Keras has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

import keras
import numpy as np
from keras import layers, ops


@keras.saving.register_keras_serializable(package="netspec")
class Padding(layers.Layer):
    """A value before and after each axis between the first and the last."""

    def __init__(
        self, ends: tuple[tuple[int, int], ...], value: float, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.ends = ends
        self.value = value

    def call(self, x: Any) -> Any:
        ends = [(0, 0), *map(tuple, self.ends), (0, 0)]
        return ops.pad(x, ends, constant_values=self.value)


@keras.saving.register_keras_serializable(package="netspec")
class PaddingWith(layers.Layer):
    """Values from inside before and after each axis between the first and the last.

    Args:
        ends: how many, for each axis.
        mode: which, a mode of `numpy.pad`.
    """

    def __init__(
        self, ends: tuple[tuple[int, int], ...], mode: str, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.ends = ends
        self.mode = mode

    def call(self, x: Any) -> Any:
        for axis, ends in enumerate(self.ends, start=1):
            places = np.pad(np.arange(x.shape[axis]), ends, mode=self.mode)  # type: ignore[call-overload]
            x = ops.take(x, places, axis=axis)
        return x
