"""Normalizations that `flax.nnx` has for one axis, one dtype or one mode only."""

from typing import Any

import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype
from jax import Array, lax
from jax.nn import initializers

from netspec_jax.support.base import Initializer
from netspec_jax.support.normalization import moments, normalize


class BatchNorm(nnx.BatchNorm):
    """`nnx.BatchNorm`, its running statistics in the dtype of its parameters, where
    Flax has float32, and drawn as it is told.
    """

    def __init__(
        self,
        num_features: int,
        *,
        mean_init: Initializer = initializers.zeros,
        var_init: Initializer = initializers.ones,
        param_dtype: Dtype = jnp.float32,
        rngs: nnx.Rngs,
        **options: Any,
    ) -> None:
        super().__init__(num_features, param_dtype=param_dtype, rngs=rngs, **options)
        for name, init in (("mean", mean_init), ("var", var_init)):
            first = init(rngs.params(), (num_features,), param_dtype)
            setattr(self, name, nnx.BatchStat(first))


class UnbiasedBatchNorm(BatchNorm):
    """`BatchNorm`, whose running variance averages unbiased variances (n - 1)."""

    def __call__(self, x: Array, *given: Any, **options: Any) -> Array:
        before = self.var[...]
        y: Array = super().__call__(x, *given, **options)
        if not self.use_running_average:
            count = x.size // x.shape[-1]
            share = (1 - self.momentum) * count / max(count - 1, 1)
            _, var = moments(x, tuple(range(x.ndim - 1)))
            self.var[...] = self.momentum * before + share * var.reshape(-1)
        return y


class Normalization(nnx.Module):
    """What normalizations have in common: ``z * scale + bias``."""

    def __init__(
        self,
        *sizes: int,
        epsilon: float,
        use_scale: bool = True,
        use_bias: bool = True,
        scale_init: Initializer = initializers.ones,
        bias_init: Initializer = initializers.zeros,
        param_dtype: Dtype = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        self.axes = tuple(range(-len(sizes), 0))
        self.epsilon = epsilon
        self.scale = self.bias = nnx.data(None)
        if use_scale:
            self.scale = nnx.Param(scale_init(rngs.params(), sizes, param_dtype))
        if use_bias:
            self.bias = nnx.Param(bias_init(rngs.params(), sizes, param_dtype))

    def affine(self, z: Array) -> Array:
        """``z * scale + bias``, as far as there are any."""
        z = z if self.scale is None else z * self.scale[...]
        return z if self.bias is None else z + self.bias[...]


class FrozenBatchNorm(Normalization):
    """Normalization of each channel, the last axis, by running statistics, which
    training keeps as they are.
    """

    def __init__(
        self,
        features: int,
        *,
        mean_init: Initializer = initializers.zeros,
        var_init: Initializer = initializers.ones,
        param_dtype: Dtype = jnp.float32,
        rngs: nnx.Rngs,
        **options: Any,
    ) -> None:
        super().__init__(features, param_dtype=param_dtype, rngs=rngs, **options)
        size = (features,)
        self.mean = nnx.BatchStat(mean_init(rngs.params(), size, param_dtype))
        self.var = nnx.BatchStat(var_init(rngs.params(), size, param_dtype))

    def __call__(self, x: Array) -> Array:
        z = normalize(x, self.mean[...], self.var[...], self.epsilon)
        return self.affine(z)


class BatchStatistics(Normalization):
    """Normalization of each channel, the last axis, over all others, by the statistics
    of the batch, in evaluation, too.
    """

    def __call__(self, x: Array) -> Array:
        mean, var = moments(x, tuple(range(x.ndim - 1)))
        return self.affine(normalize(x, mean, var, self.epsilon))


class LayerNorm(Normalization):
    """Normalization over several of the last axes."""

    def __call__(self, x: Array) -> Array:
        return self.affine(normalize(x, *moments(x, self.axes), self.epsilon))


class RMSNorm(Normalization):
    """``x / sqrt(mean(x^2) + epsilon) * scale`` over several of the last axes."""

    def __call__(self, x: Array) -> Array:
        square = jnp.square(x).mean(self.axes, keepdims=True)
        return self.affine(x * lax.rsqrt(square + self.epsilon))


def local_response_norm(
    x: Array, size: int, *, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Array:
    """``x / (k + alpha * (mean of the squares of size channels around))^beta``."""
    others = (1,) * (x.ndim - 1)
    sums = lax.reduce_window(
        x * x,
        x.dtype.type(0),
        lax.add,
        window_dimensions=(*others, size),
        window_strides=(*others, 1),
        padding=[(0, 0)] * (x.ndim - 1) + [(size // 2, (size - 1) // 2)],
    )
    y: Array = x / (k + alpha / size * sums) ** beta
    return y
