"""How an imported model is compared with what it was: the one place to change."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

import netspec
from netspec.contract import Array
from netspec.importing import Imported
from tests.imports.originals import Original

BATCH = 2
LIMITS = {"float64": 1e-11, "float32": 1e-4}  # relative to the largest output


class Comparison(NamedTuple):
    """How far the outputs of both are apart.

    Attributes:
        distance: relative to the largest of the original's.
        same: whether they are the same bits.
        met: whether the distance is what rounding explains.
    """

    distance: float
    same: bool
    met: bool


def compared(original: Original, imported: Imported) -> Comparison:
    """Compare what both give for one batch, in evaluation."""
    spec = imported.spec
    x = np.random.default_rng(1).normal(size=(BATCH, *original.shape))
    x = x.astype(original.dtype)
    backend = netspec.backend(original.backend)
    params = {path: a.astype(original.dtype) for path, a in imported.params.items()}
    model = backend.compile(spec, params=params, dtype=original.dtype)
    received = backend.forward(model, spec, x)
    return judged(received, original.forward(x), original.dtype)


def judged(received: Array, expected: Array, dtype: str) -> Comparison:
    """Compare two outputs; those of other shapes, or not finite, are infinitely far."""
    if received.shape != expected.shape or not np.isfinite(received).all():
        return Comparison(float("inf"), False, False)
    scale = float(np.abs(expected).max())
    difference = float(np.abs(received - expected).max())
    distance = difference / scale if scale else difference
    same = bool(np.array_equal(received, expected))
    return Comparison(distance, same, distance <= LIMITS[dtype])
