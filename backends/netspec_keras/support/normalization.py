"""Normalizations that Keras does not have: ``(x - mean) / sqrt(var + epsilon)``, times
gamma, plus beta. Channels are the last axis.
"""

# Keras has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

import keras
from keras import initializers, layers, ops


@keras.saving.register_keras_serializable(package="netspec")
class UnbiasedBatchNorm(layers.BatchNormalization):
    """`BatchNormalization` whose running variance averages unbiased variances, which
    divide by n - 1.
    """

    def call(self, x: Any, training: bool | None = None, mask: Any = None) -> Any:
        before = ops.convert_to_tensor(self.moving_variance) * 1
        y = super().call(x, training=training, mask=mask)
        if training and self.trainable:
            count = ops.cast(ops.size(x), "float32") / x.shape[-1]
            biased = ops.convert_to_tensor(self.moving_variance)
            moved = biased - self.momentum * before
            share = count / ops.maximum(count - 1, 1)
            self.moving_variance.assign(self.momentum * before + share * moved)
        return y


@keras.saving.register_keras_serializable(package="netspec")
class FrozenBatchNorm(layers.BatchNormalization):
    """`BatchNormalization` by running statistics in training, too, which keeps them;
    gamma and beta are trained.
    """

    def call(self, x: Any, training: bool | None = None, mask: Any = None) -> Any:
        return super().call(x, training=False, mask=mask)


@keras.saving.register_keras_serializable(package="netspec")
class BatchStatistics(layers.Layer):
    """Normalization of each channel by the statistics of the batch, always."""

    def __init__(
        self,
        epsilon: float,
        center: bool = True,
        scale: bool = True,
        gamma_initializer: Any = "ones",
        beta_initializer: Any = "zeros",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_initializer = initializers.get(beta_initializer)

    def build(self, shape: tuple[int, ...]) -> None:
        size = shape[-1:]
        self.gamma = self.beta = None
        if self.scale:
            first = self.gamma_initializer
            self.gamma = self.add_weight(size, initializer=first, name="gamma")
        if self.center:
            first = self.beta_initializer
            self.beta = self.add_weight(size, initializer=first, name="beta")

    def call(self, x: Any) -> Any:
        axes = tuple(range(len(x.shape) - 1))
        centered = x - ops.mean(x, axis=axes, keepdims=True)
        var = ops.mean(ops.square(centered), axis=axes, keepdims=True)
        y = centered * ops.rsqrt(var + self.epsilon)
        y = y if self.gamma is None else y * self.gamma
        return y if self.beta is None else y + self.beta

    def get_config(self) -> dict[str, Any]:
        names = "epsilon", "center", "scale"
        own = {name: getattr(self, name) for name in names}
        for name in ("gamma_initializer", "beta_initializer"):
            own[name] = initializers.serialize(getattr(self, name))
        return super().get_config() | own


@keras.saving.register_keras_serializable(package="netspec")
class ExactGroupNorm(layers.GroupNormalization):
    """`GroupNormalization` of examples of one axis that subtracts before it scales."""

    def call(self, x: Any) -> Any:
        grouped = ops.reshape(x, (-1, self.groups, x.shape[-1] // self.groups))
        centered = grouped - ops.mean(grouped, axis=-1, keepdims=True)
        var = ops.mean(ops.square(centered), axis=-1, keepdims=True)
        y = centered * ops.rsqrt(var + self.epsilon)
        y = ops.reshape(y, (-1, x.shape[-1]))
        y = y * self.gamma if self.scale else y
        return y + self.beta if self.center else y


@keras.saving.register_keras_serializable(package="netspec")
class RMSNorm(layers.Layer):
    """``x / sqrt(mean(x^2) + epsilon) * scale`` over the last axes."""

    def __init__(
        self,
        axes: tuple[int, ...],
        epsilon: float,
        scale: bool = True,
        initializer: Any = "ones",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axes = axes
        self.epsilon = epsilon
        self.use_scale = scale
        self.initializer = initializers.get(initializer)

    def build(self, shape: tuple[int, ...]) -> None:
        self.scale = None
        if self.use_scale:
            sizes = shape[-len(self.axes) :]
            self.scale = self.add_weight(
                sizes, initializer=self.initializer, name="scale"
            )

    def call(self, x: Any) -> Any:
        square = ops.mean(ops.square(x), axis=tuple(self.axes), keepdims=True)
        y = x * ops.rsqrt(square + self.epsilon)
        return y if self.scale is None else y * self.scale

    def get_config(self) -> dict[str, Any]:
        own = {"axes": self.axes, "epsilon": self.epsilon, "scale": self.use_scale}
        own["initializer"] = initializers.serialize(self.initializer)
        return super().get_config() | own


@keras.saving.register_keras_serializable(package="netspec")
class LocalResponseNorm(layers.Layer):
    """``x / (k + alpha * (mean of the squares of size channels around))^beta``."""

    def __init__(
        self,
        size: int,
        *,
        alpha: float = 1e-4,
        beta: float = 0.75,
        k: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def call(self, x: Any) -> Any:
        channels = x.shape[-1]
        ends = (self.size // 2, (self.size - 1) // 2)
        margins = [(0, 0)] * (len(x.shape) - 1)
        squares = ops.pad(ops.square(x), [*margins, ends])
        sums = sum(squares[..., i : i + channels] for i in range(self.size))
        return x / (self.k + self.alpha / self.size * sums) ** self.beta
