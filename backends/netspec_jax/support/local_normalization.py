"""Normalization by the channels that lie near. Channels are the last axis."""

from jax import Array, lax

from netspec_jax.support.base import Layer, elementwise


def local_response_norm(
    size: int, *, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Layer:
    """``x / (k + alpha * (mean of the squares of size channels around))^beta``."""

    def function(x: Array) -> Array:
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

    return elementwise(function)
