"""Layers that keep a part. Each pullback puts zeros in place of what is left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from netspec.layers import Crop, Crop1D, Crop2D, Crop3D, Select, Slice
from netspec.reference._evaluation import Array, Pullback, Scope, forward


@forward.register
def _slice(layer: Slice, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    return _part(x, layer.axis, slice(layer.start, layer.stop, layer.step))


@forward.register
def _select(layer: Select, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    return _part(x, layer.axis, layer.index)


@forward.register(Crop1D)
@forward.register(Crop2D)
@forward.register(Crop3D)
def _crop(layer: Crop, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    sizes = zip(layer.ends, x.shape[2:], strict=True)
    inside = (slice(before, n - after) for (before, after), n in sizes)
    return _at(x, (..., *inside))


def _part(x: Array, axis: int, index: Any) -> tuple[Array, Pullback]:
    return _at(x, (slice(None),) * (axis % x.ndim) + (index,))


def _at(x: Array, index: Any) -> tuple[Array, Pullback]:
    def pullback(dy: Array) -> Array:
        dx = np.zeros(x.shape, dy.dtype)
        dx[index] = dy
        return dx

    return x[index], pullback
