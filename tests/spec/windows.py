"""Windows over padded input, by their definition: one after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np

import netspec as ns
from netspec import Layer, Spec
from netspec.contract import Array

Ends = Sequence[tuple[int, int]]


def windows(x: Array, ends: Ends, layer: Any, reduce: Callable[[Array], Any]) -> Array:
    """Reduce each window of (examples, channels, *axes); padding is NaN."""
    wide = np.pad(x, [(0, 0), (0, 0), *ends], constant_values=np.nan)
    apart = getattr(layer, "dilation", (1, 1, 1))
    stride = layer.stride or layer.kernel_size
    axes = [*zip(wide.shape[2:], spans(layer), stride, apart, strict=False)]
    counts = [(n - span - 1) // step + 1 for n, span, step, _ in axes]
    y = np.empty((*x.shape[:2], *counts))
    for at in product(*map(range, counts)):
        taps = (
            slice(i * step, i * step + span + 1, d)
            for i, (_, span, step, d) in zip(at, axes, strict=True)
        )
        place: Any = (..., *at)
        read: Any = (..., *taps)
        y[place] = reduce(wide[read].reshape(*x.shape[:2], -1))
    return y


def spans(layer: Any) -> list[int]:
    apart = getattr(layer, "dilation", (1, 1, 1))
    return [d * (k - 1) for d, k in zip(apart, layer.kernel_size, strict=False)]


def same(sizes: Sequence[int], layer: Any) -> Ends:
    stride = layer.stride or layer.kernel_size
    axes = zip(sizes, spans(layer), stride, strict=True)
    totals = [max((math.ceil(n / s) - 1) * s + span + 1 - n, 0) for n, span, s in axes]
    return [(total // 2, math.ceil(total / 2)) for total in totals]


def result(layers: list[Layer], x: Array, weight: Array | None = None) -> Array:
    """What the reference computes, in float64."""
    spec = Spec("right", x.shape[1:], layers)
    params = {path: weight for path in spec.parameters() if weight is not None}
    model = ns.compile(spec, "numpy", params=params, dtype="float64")
    return np.asarray(ns.backend("numpy").forward(model, spec, x, train=False))


def batch(*sizes: int) -> Array:
    return np.random.default_rng(0).normal(size=(2, 1, *sizes)) - 1


def largest(read: Array) -> Any:
    return np.nanmax(read, axis=-1)


def mean_inside(read: Array) -> Any:
    return np.nanmean(read, axis=-1)


def mean_with_zeros(read: Array) -> Any:
    return np.nan_to_num(read).mean(axis=-1)
