"""Layers that move values. Each pullback is the transpose of its move."""

from __future__ import annotations

from typing import Any

import numpy as np

from netspec.layers import Flatten, Identity, Pad1D, Pad2D, Permute, Reshape
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


@forward.register(Pad1D)
@forward.register(Pad2D)
def _pad(layer: Pad1D | Pad2D, x: Array, scope: Scope) -> tuple[Array, Pullback]:
    pairs = (layer.padding,) if isinstance(layer, Pad1D) else layer.padding
    inside: Any = tuple(
        slice(before, before + n)
        for (before, _), n in zip(pairs, x.shape[2:], strict=True)
    )
    padded = np.pad(x, [(0, 0), (0, 0), *pairs])
    return padded, lambda dy: dy[(..., *inside)]
