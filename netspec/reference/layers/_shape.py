"""Layers that move values. Each pullback is the transpose of its move."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from netspec.layers import Flatten, Identity, Pad, Pad1D, Pad2D, Pad3D, Permute, Reshape
from netspec.reference._evaluation import Array, Pullback, Scope, forward


@forward.register
def _identity(layer: Identity, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    return x, lambda dy: dy


@forward.register
def _flatten(layer: Flatten, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    return x.reshape(len(x), -1), lambda dy: dy.reshape(x.shape)


@forward.register
def _reshape(layer: Reshape, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    return x.reshape(len(x), *layer.shape), lambda dy: dy.reshape(x.shape)


@forward.register
def _permute(layer: Permute, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    order = (0, *layer.axes)
    return x.transpose(order), lambda dy: dy.transpose(np.argsort(order))


MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


@forward.register(Pad1D)
@forward.register(Pad2D)
@forward.register(Pad3D)
def _pad(layer: Pad, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    if layer.mode != "constant":
        return _repeated(layer, x, scope)
    inside: Any = tuple(
        slice(before, before + n)
        for (before, _), n in zip(layer.ends, x.shape[2:], strict=True)
    )
    value = scope.scalar("value")
    padded = np.pad(x, [(0, 0), (0, 0), *layer.ends], constant_values=value)
    return padded, lambda dy: dy[(..., *inside)]


def _repeated(layer: Pad, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    """Copy values; the derivative by a value is the sum over its copies."""
    sources = [
        np.pad(np.arange(n), ends, MODES[layer.mode])  # type: ignore[call-overload]
        for ends, n in zip(layer.ends, x.shape[2:], strict=True)
    ]
    y = x
    for axis, source in enumerate(sources, 2):
        y = y.take(source, axis)

    def pullback(dy: Array) -> Array:
        for axis, source in enumerate(sources, 2):
            dy = scope.ops.contract(partial(_gather, source, axis), 2, dy)
        return dy

    return y, pullback


def _gather(source: Array, axis: int, dy: Array) -> Array:
    """Sum along an axis what came from each place."""
    dx = np.zeros((source.max() + 1, *np.moveaxis(dy, axis, 0).shape[1:]), dy.dtype)
    np.add.at(dx, source, np.moveaxis(dy, axis, 0))
    return np.moveaxis(dx, 0, axis)
