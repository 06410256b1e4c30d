"""Layers that move values without changing them."""

import jax.numpy as jnp

from netspec_jax.support.base import Layer, elementwise

identity = elementwise(lambda x: x)
flatten = elementwise(lambda x: x.reshape(x.shape[0], -1))


def reshape(*shape: int) -> Layer:
    """The values of each example under another shape."""
    return elementwise(lambda x: x.reshape(x.shape[0], *shape))


def permute(*axes: int) -> Layer:
    """Axes in another order; all are listed but the batch axis, which stays."""
    return elementwise(lambda x: x.transpose(0, *axes))


def pad(*margins: tuple[int, int], value: float = 0.0) -> Layer:
    """A constant around each axis between the first and the last."""
    ends = [(0, 0), *margins, (0, 0)]
    return elementwise(lambda x: jnp.pad(x, ends, constant_values=value))


def pad_with(*margins: tuple[int, int], mode: str) -> Layer:
    """Values of x around each axis between the first and the last."""
    ends = [(0, 0), *margins, (0, 0)]
    return elementwise(lambda x: jnp.pad(x, ends, mode=mode))
