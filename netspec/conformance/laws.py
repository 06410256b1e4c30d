"""Tests of probability laws. Each is failed by a sound sample with a probability of
`ALPHA` at most; a thousand of them, more than a run has, with one of 1e-6.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from netspec.backend import Array
from netspec.conformance.verdict import Verdict, measured

ALPHA = 1e-9


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict that is nearest to its limit, or the farthest beyond it."""
    return max(verdicts, key=lambda verdict: verdict.ratio)


# Masks: independent draws of True with one probability


def fraction(
    counts: Array | np.integer[Any] | int,
    size: int,
    probability: float,
    alpha: float = ALPHA,
) -> Verdict:
    """Whether counts of successes follow the binomial law.

    The limits are exact quantiles; alpha is shared by the counts (Bonferroni).

    Args:
        counts: one or many, each of `size` draws.
        size: draws behind each count.
        probability: of a success.
        alpha: probability that a sound sample fails.
    """
    held, mean = np.atleast_1d(counts), size * probability
    low, high = binomial_limits(size, probability, alpha / held.size)
    sides = ((mean - held.min(), mean - low), (held.max() - mean, high - mean))
    reason = f"{held.min()} to {held.max()} of {size}, expected {low} to {high}"
    return worst(measured(float(off), float(room), reason) for off, room in sides)


@lru_cache(256)
def binomial_limits(size: int, probability: float, alpha: float) -> tuple[int, int]:
    """The least and the largest count; beyond each there is ``alpha / 2`` at most."""
    from scipy.special import bdtr, bdtrc

    def is_likely(k: int) -> bool:
        return bool(bdtr(k, size, probability) > alpha / 2)

    def has_little_above(k: int) -> bool:
        return bool(bdtrc(k, size, probability) <= alpha / 2)

    counts = range(size + 1)
    low = bisect_left(counts, True, key=is_likely)
    return low, bisect_left(counts, True, key=has_little_above)


def slices(mask: Array, probability: float) -> Verdict:
    """Whether every row, every channel, every slice along an axis has its share."""
    found = []
    for axis, length in enumerate(mask.shape):
        others = tuple(i for i in range(mask.ndim) if i != axis)
        counts, size = np.count_nonzero(mask, axis=others), mask.size // length
        found.append(fraction(counts, size, probability, ALPHA / mask.ndim))
    return worst(found)


def independence(mask: Array, probability: float) -> Verdict:
    """Whether neighbors, and the halves of each axis, are drawn by themselves."""
    pairs = [*disjoint_pairs(mask)]
    return worst(likeness(a, b, probability, ALPHA / len(pairs)) for a, b in pairs)


def likeness(
    mask: Array, other: Array, probability: float, alpha: float = ALPHA
) -> Verdict:
    """Whether two masks agree as often as independent ones do."""
    same = probability**2 + (1 - probability) ** 2
    return fraction(np.count_nonzero(mask == other), mask.size, same, alpha)


def disjoint_pairs(values: Array) -> Iterator[tuple[Array, Array]]:
    """Neighbors along each axis, then its halves; no value is in a pair twice."""
    for axis, length in enumerate(values.shape):
        along, half = np.moveaxis(values, axis, 0), length // 2
        if half:
            yield along[: 2 * half : 2], along[1 : 2 * half : 2]
            yield along[:half], along[half : 2 * half]
