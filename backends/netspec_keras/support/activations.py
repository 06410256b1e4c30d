"""Nonlinearities that Keras does not have, or not with this derivative at a kink."""

# Keras has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="netspec")
class LeakyReLU(layers.Layer):
    """``x`` for x > 0, else ``slope * x``; Keras's own has derivative 1 at 0."""

    def __init__(self, slope: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.slope = slope

    def call(self, x: Any) -> Any:
        return ops.where(x > 0, x, self.slope * x)


@keras.saving.register_keras_serializable(package="netspec")
class PReLU(layers.Layer):
    """``x`` for x > 0, else ``weight * x``, with one weight or one for each channel,
    the last axis; Keras's own has derivative 0 at 0.
    """

    def __init__(self, size: int, initializer: Any = "zeros", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = size
        self.initializer = keras.initializers.get(initializer)

    def build(self, shape: tuple[int, ...]) -> None:
        self.alpha = self.add_weight(
            (self.size,), initializer=self.initializer, name="alpha"
        )

    def call(self, x: Any) -> Any:
        return ops.where(x > 0, x, self.alpha * x)

    def get_config(self) -> dict[str, Any]:
        initializer = keras.initializers.serialize(self.initializer)
        own = {"size": self.size, "initializer": initializer}
        return super().get_config() | own


@keras.saving.register_keras_serializable(package="netspec")
class CELU(layers.Layer):
    """`keras.ops.celu` with an alpha."""

    def __init__(self, alpha: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha

    def call(self, x: Any) -> Any:
        return ops.celu(x, self.alpha)


@keras.saving.register_keras_serializable(package="netspec")
class TanhGELU(layers.Layer):
    """GELU by tanh; `keras.activations.gelu` is that by erf."""

    def call(self, x: Any) -> Any:
        return ops.gelu(x, approximate=True)


@keras.saving.register_keras_serializable(package="netspec")
class Swish(layers.Layer):
    """``x * sigmoid(beta * x)``."""

    def __init__(self, beta: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.beta = beta

    def call(self, x: Any) -> Any:
        return x * ops.sigmoid(self.beta * x)


@keras.saving.register_keras_serializable(package="netspec")
class Softplus(layers.Layer):
    """``log(1 + exp(beta * x)) / beta``."""

    def __init__(self, beta: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.beta = beta

    def call(self, x: Any) -> Any:
        return ops.softplus(self.beta * x) / self.beta


@keras.saving.register_keras_serializable(package="netspec")
class HardTanh(layers.Layer):
    """``min(max(low, x), high)``, with derivative 0 at a bound."""

    def __init__(self, low: float, high: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low = low
        self.high = high

    def call(self, x: Any) -> Any:
        return limited(x, self.low, self.high)


@keras.saving.register_keras_serializable(package="netspec")
class LimitedLine(layers.Layer):
    """``slope * x + offset`` within 0 and 1: the hard sigmoid with any slope."""

    def __init__(self, slope: float, offset: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.slope = slope
        self.offset = offset

    def call(self, x: Any) -> Any:
        return limited(self.slope * x + self.offset, 0.0, 1.0)


def limited(x: Any, low: float, high: float) -> Any:
    """``min(max(low, x), high)``, with derivative 0 at a bound."""
    return ops.where(x <= low, low, ops.where(x >= high, high, x))


@keras.saving.register_keras_serializable(package="netspec")
class SoftShrink(layers.Layer):
    """``x`` moved by `lambd` towards 0, but not beyond."""

    def __init__(self, lambd: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lambd = lambd

    def call(self, x: Any) -> Any:
        return ops.relu(x - self.lambd) - ops.relu(-x - self.lambd)


@keras.saving.register_keras_serializable(package="netspec")
class HardShrink(layers.Layer):
    """``x`` for ``|x| > lambd``, else 0."""

    def __init__(self, lambd: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lambd = lambd

    def call(self, x: Any) -> Any:
        return ops.where(ops.abs(x) <= self.lambd, 0.0, x)


@keras.saving.register_keras_serializable(package="netspec")
class Threshold(layers.Layer):
    """``x`` for x > threshold, else `value`."""

    def __init__(self, threshold: float, value: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.threshold = threshold
        self.value = value

    def call(self, x: Any) -> Any:
        return ops.where(x <= self.threshold, self.value, x)


@keras.saving.register_keras_serializable(package="netspec")
class LogSoftmax(layers.Layer):
    """The logarithm of a softmax along an axis."""

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, x: Any) -> Any:
        return ops.log_softmax(x, axis=self.axis)


@keras.saving.register_keras_serializable(package="netspec")
class Softmin(layers.Layer):
    """``exp(-x) / sum(exp(-x))`` along an axis."""

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, x: Any) -> Any:
        return ops.softmax(-x, axis=self.axis)


@keras.saving.register_keras_serializable(package="netspec")
class GLU(layers.Layer):
    """The first half along an axis times the sigmoid of the second."""

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, x: Any) -> Any:
        first, second = ops.split(x, 2, axis=self.axis)
        return first * ops.sigmoid(second)
