"""Helpers that the tests of all laws share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from netspec.conformance.judging import Verdict
from netspec.contract import Array

ALPHA = 1e-9  # probability that a sound sample fails a test


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict that is nearest to its limit, or farthest beyond it."""
    return max(verdicts, key=lambda verdict: verdict.ratio)


def malformed(name: str, found: Array, shape: tuple[int, ...], dtype: str) -> str:
    """Say why an array cannot be tested; empty if it can."""
    if not isinstance(found, np.ndarray):
        return f"{name} is {type(found).__name__}, not a NumPy array"
    if (found.shape, found.dtype.name) != (shape, dtype):
        return (
            f"{name} is {found.dtype} of shape {found.shape}, expected {dtype} of shape"
            f" {shape}"
        )
    return "" if np.isfinite(found).all() else f"{name} is not finite"


def disjoint_pairs(values: Array) -> Iterator[tuple[Array, Array]]:
    """Yield the neighbors along each axis, then its halves, as pairs of arrays.

    No value is in a pair twice.
    """
    for axis, length in enumerate(values.shape):
        along, half = np.moveaxis(values, axis, 0), length // 2
        if half:
            yield along[: 2 * half : 2], along[1 : 2 * half : 2]
            yield along[:half], along[half : 2 * half]
