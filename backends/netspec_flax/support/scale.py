"""Multiplication and addition along axes."""

from typing import Any

from flax import nnx
from jax import Array

from netspec_flax.support.normalization import Normalization


class Scale(Normalization):
    """``x * scale + bias`` along axes of these sizes."""

    def __init__(
        self, *sizes: int, axes: tuple[int, ...], rngs: nnx.Rngs, **options: Any
    ) -> None:
        super().__init__(*sizes, epsilon=0.0, rngs=rngs, **options)
        self.axes = axes

    def __call__(self, x: Array) -> Array:
        shape = [n if axis in self.axes else 1 for axis, n in enumerate(x.shape)]
        y = x if self.scale is None else x * self.scale.reshape(shape)
        return y if self.bias is None else y + self.bias.reshape(shape)
