"""Test masks: independent draws of True with one probability."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import Any

import numpy as np

from netspec.conformance.judging import Verdict, measured
from netspec.conformance.statistics._common import ALPHA, disjoint_pairs, worst
from netspec.contract import Array


def fraction(
    counts: Array | np.integer[Any] | int,
    size: int,
    probability: float,
    alpha: float = ALPHA,
) -> Verdict:
    """Test whether counts of successes follow the binomial law.

    The limits are exact quantiles; alpha is shared by the counts (Bonferroni).

    Args:
        counts: one or many, each of `size` draws.
        size: number of draws behind each count.
        probability: probability of a success.
        alpha: probability that a sound sample fails.
    """
    held, mean = np.atleast_1d(counts), size * probability
    low, high = binomial_limits(size, probability, alpha / held.size)
    sides = ((mean - held.min(), mean - low), (held.max() - mean, high - mean))
    reason = f"{held.min()} to {held.max()} of {size}, expected {low} to {high}"
    return worst(measured(float(off), float(room), reason) for off, room in sides)


@lru_cache(256)
def binomial_limits(size: int, probability: float, alpha: float) -> tuple[int, int]:
    """Return the least and the largest count that passes.

    Counts below the one, and above the other, have a probability of at most
    ``alpha / 2``.
    """
    from scipy.special import bdtr, bdtrc

    def is_likely(k: int) -> bool:
        return bool(bdtr(k, size, probability) > alpha / 2)

    def has_little_above(k: int) -> bool:
        return bool(bdtrc(k, size, probability) <= alpha / 2)

    counts = range(size + 1)
    low = bisect_left(counts, True, key=is_likely)
    return low, bisect_left(counts, True, key=has_little_above)


def slices(mask: Array, probability: float) -> Verdict:
    """Test whether each slice along each axis keeps the same fraction of values."""
    found = []
    for axis, length in enumerate(mask.shape):
        others = tuple(i for i in range(mask.ndim) if i != axis)
        counts, size = np.count_nonzero(mask, axis=others), mask.size // length
        found.append(fraction(counts, size, probability, ALPHA / mask.ndim))
    return worst(found)


def independence(mask: Array, probability: float) -> Verdict:
    """Test whether neighbors, and the halves of each axis, are drawn independently."""
    pairs = [*disjoint_pairs(mask)]
    return worst(likeness(a, b, probability, ALPHA / len(pairs)) for a, b in pairs)


def likeness(
    mask: Array, other: Array, probability: float, alpha: float = ALPHA
) -> Verdict:
    """Test whether two masks agree as often as independent ones do."""
    same = probability**2 + (1 - probability) ** 2
    return fraction(np.count_nonzero(mask == other), mask.size, same, alpha)
