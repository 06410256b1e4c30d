"""Multiplication and addition along axes."""

# Keras has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

import keras
from keras import initializers, layers, ops


@keras.saving.register_keras_serializable(package="netspec")
class Scale(layers.Layer):
    """``x * weight + bias`` along axes of these sizes."""

    def __init__(
        self,
        axes: tuple[int, ...],
        sizes: tuple[int, ...],
        bias: bool = False,
        weight_initializer: Any = "ones",
        bias_initializer: Any = "zeros",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axes = axes
        self.sizes = sizes
        self.use_bias = bias
        self.weight_initializer = initializers.get(weight_initializer)
        self.bias_initializer = initializers.get(bias_initializer)

    def build(self, shape: tuple[int, ...]) -> None:
        sizes, first = tuple(self.sizes), self.weight_initializer
        self.weight = self.add_weight(sizes, initializer=first, name="weight")
        self.bias = None
        if self.use_bias:
            first = self.bias_initializer
            self.bias = self.add_weight(sizes, initializer=first, name="bias")

    def call(self, x: Any) -> Any:
        shape = [n if axis in self.axes else 1 for axis, n in enumerate(x.shape)]
        y = x * ops.reshape(self.weight, shape)
        return y if self.bias is None else y + ops.reshape(self.bias, shape)

    def get_config(self) -> dict[str, Any]:
        own = {"axes": self.axes, "sizes": self.sizes, "bias": self.use_bias}
        for name in ("weight_initializer", "bias_initializer"):
            own[name] = initializers.serialize(getattr(self, name))
        return super().get_config() | own


@keras.saving.register_keras_serializable(package="netspec")
class Bias(layers.Layer):
    """A bias for the last axis, of layers that share a kernel but not this."""

    def __init__(self, initializer: Any = "zeros", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.initializer = initializers.get(initializer)

    def build(self, shape: tuple[int, ...]) -> None:
        size, first = shape[-1:], self.initializer
        self.bias = self.add_weight(size, initializer=first, name="bias")

    def call(self, x: Any) -> Any:
        return x + self.bias

    def get_config(self) -> dict[str, Any]:
        own = {"initializer": initializers.serialize(self.initializer)}
        return super().get_config() | own
