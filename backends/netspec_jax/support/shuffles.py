"""Layers that change places of values. Channels are the last axis."""

import jax.numpy as jnp
from jax import Array

from netspec_jax.support.base import Layer, elementwise


def pixel_shuffle(factor: int) -> Layer:
    """Channels moved into height and width, in PyTorch's order."""

    def function(x: Array) -> Array:
        batch, height, width, _ = x.shape
        x = x.reshape(batch, height, width, -1, factor, factor)
        x = x.transpose(0, 1, 4, 2, 5, 3)
        return x.reshape(batch, height * factor, width * factor, -1)

    return elementwise(function)


def pixel_unshuffle(factor: int) -> Layer:
    """Height and width moved into channels, in PyTorch's order."""

    def function(x: Array) -> Array:
        batch, height, width, _ = x.shape
        low = height // factor, width // factor
        x = x.reshape(batch, low[0], factor, low[1], factor, -1)
        return x.transpose(0, 1, 3, 5, 2, 4).reshape(batch, *low, -1)

    return elementwise(function)


def channel_shuffle(groups: int) -> Layer:
    """Channels dealt out to groups."""

    def function(x: Array) -> Array:
        grouped = x.reshape(*x.shape[:-1], groups, -1)
        return grouped.swapaxes(-1, -2).reshape(x.shape)

    return elementwise(function)


def roll(shifts: tuple[int, ...], axes: tuple[int, ...]) -> Layer:
    """Values moved along axes, from one end to the other."""
    return elementwise(lambda x: jnp.roll(x, shifts, axes))
