"""Layers that change places of values; channels are the last axis."""

# Keras has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="netspec")
class PixelShuffle(layers.Layer):
    """Channels moved into height and width, in PyTorch's order."""

    def __init__(self, factor: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x: Any) -> Any:
        _, height, width, channels = x.shape
        f = self.factor
        x = ops.reshape(x, (-1, height, width, channels // f**2, f, f))
        x = ops.transpose(x, (0, 1, 4, 2, 5, 3))
        return ops.reshape(x, (-1, height * f, width * f, channels // f**2))


@keras.saving.register_keras_serializable(package="netspec")
class PixelUnshuffle(layers.Layer):
    """Height and width moved into channels, in PyTorch's order."""

    def __init__(self, factor: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x: Any) -> Any:
        f, channels = self.factor, x.shape[-1]
        height, width = (n // f for n in x.shape[1:3])
        x = ops.reshape(x, (-1, height, f, width, f, channels))
        x = ops.transpose(x, (0, 1, 3, 5, 2, 4))
        return ops.reshape(x, (-1, height, width, channels * f**2))


@keras.saving.register_keras_serializable(package="netspec")
class ChannelShuffle(layers.Layer):
    """Channels dealt out to groups."""

    def __init__(self, groups: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.groups = groups

    def call(self, x: Any) -> Any:
        shape = (-1, *x.shape[1:])
        size = shape[-1] // self.groups
        grouped = ops.reshape(x, (*shape[:-1], self.groups, size))
        return ops.reshape(ops.swapaxes(grouped, -1, -2), shape)


@keras.saving.register_keras_serializable(package="netspec")
class Roll(layers.Layer):
    """Values moved along axes, from one end to the other."""

    def __init__(
        self, shifts: tuple[int, ...], axes: tuple[int, ...], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.shifts = shifts
        self.axes = axes

    def call(self, x: Any) -> Any:
        for shift, axis in zip(self.shifts, self.axes, strict=True):
            x = ops.roll(x, shift, axis=axis)
        return x
