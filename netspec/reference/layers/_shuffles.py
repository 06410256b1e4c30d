"""Layers that change places. Each pullback is the way back."""

from __future__ import annotations

import numpy as np

from netspec.layers import ChannelShuffle, PixelShuffle, PixelUnshuffle, Roll
from netspec.reference._evaluation import Array, Pullback, Scope, forward


def _out_of_channels(x: Array, r: int) -> Array:
    """Fill each channel from its r^2, one place of the pattern after the other."""
    batch, channels, height, width = x.shape
    y = np.empty((batch, channels // r**2, height * r, width * r), x.dtype)
    for i in range(r):
        for j in range(r):
            y[:, :, i::r, j::r] = x[:, i * r + j :: r**2]
    return y


def _into_channels(x: Array, r: int) -> Array:
    batch, channels, height, width = x.shape
    y = np.empty((batch, channels * r**2, height // r, width // r), x.dtype)
    for i in range(r):
        for j in range(r):
            y[:, i * r + j :: r**2] = x[:, :, i::r, j::r]
    return y


@forward.register
def _pixel_shuffle(
    layer: PixelShuffle, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    return _out_of_channels(x, layer.factor), lambda dy: _into_channels(
        dy, layer.factor
    )


@forward.register
def _pixel_unshuffle(
    layer: PixelUnshuffle, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    return _into_channels(x, layer.factor), lambda dy: _out_of_channels(
        dy, layer.factor
    )


@forward.register
def _channel_shuffle(
    layer: ChannelShuffle, x: Array, scope: Scope
) -> tuple[Array, Pullback]:
    count, groups = x.shape[1], layer.groups
    source = [
        k * (count // groups) + i for i in range(count // groups) for k in range(groups)
    ]
    return x[:, source], lambda dy: dy[:, np.argsort(source)]


@forward.register
def _roll(layer: Roll, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    back = tuple(-shift for shift in layer.shifts)
    return np.roll(x, layer.shifts, layer.axes), lambda dy: np.roll(
        dy, back, layer.axes
    )
