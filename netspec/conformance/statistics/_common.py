"""What tests of all laws share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from netspec.conformance.judging import Verdict
from netspec.contract import Array

ALPHA = 1e-9


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict that is nearest to its limit, or the farthest beyond it."""
    return max(verdicts, key=lambda verdict: verdict.ratio)


def malformed(name: str, found: Array, shape: tuple[int, ...], dtype: str) -> str:
    """Why an array cannot be tested; empty where it can."""
    if not isinstance(found, np.ndarray):
        return f"{name} is {type(found).__name__}, not a NumPy array"
    if (found.shape, found.dtype.name) != (shape, dtype):
        return (
            f"{name} is {found.dtype} of shape {found.shape}, expected {dtype} of shape"
            f" {shape}"
        )
    return "" if np.isfinite(found).all() else f"{name} is not finite"


def disjoint_pairs(values: Array) -> Iterator[tuple[Array, Array]]:
    """Neighbors along each axis, then its halves; no value is in a pair twice."""
    for axis, length in enumerate(values.shape):
        along, half = np.moveaxis(values, axis, 0), length // 2
        if half:
            yield along[: 2 * half : 2], along[1 : 2 * half : 2]
            yield along[:half], along[half : 2 * half]
