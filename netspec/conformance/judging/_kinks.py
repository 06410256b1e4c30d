"""Find values so close to a kink that rounding may decide between two pieces.

A kink is an edge between the pieces of a function, such as 0 for ReLU. Two correct
backends may fall on different sides of it and then differ by more than rounding.

Whatever is within 6 sigma of a kink, with sigma from the rounded replicas, is
contested. That matters only where a backend is too far from the reference: see
`explain`. To have few of them, cases move the bias of each channel, layer by layer, to
the middle of the largest gap within 0.15 standard deviations.
"""

from __future__ import annotations

import numpy as np

from netspec.conformance.judging._tolerance import UNIT_ROUNDOFF
from netspec.contract import Array
from netspec.reference import Decision

MARGIN = 6.0


def levels(decision: Decision, x: Array) -> Array:
    """Return what a decision compares with its edges: the values themselves or, for a
    pool, the lead of the winner over each candidate.
    """
    if decision.kinks:
        return x
    return np.take_along_axis(x, decision.choice[None], 0) - x


def distances(decision: Decision, sigma: Array, dtype: str) -> Array:
    """Return how far each value is from its nearest kink, in standard deviations;
    infinity where rounding does not move it.

    Candidates of a pool that tie up to float64 rounding do not count. With random
    numbers they are copies of one value, or zeros after ReLU; whichever wins, the same
    gradient arrives upstream.

    Args:
        decision: made by the exact run.
        sigma: standard deviation of `levels` under rounding to `dtype`.
        dtype: the format under test.

    Returns:
        An array of the shape of ``decision.choice``.
    """
    level = levels(decision, decision.x)
    with np.errstate(divide="ignore", invalid="ignore"):
        if decision.kinks:
            apart = [np.abs(level - kink) for kink in decision.kinks]
            found = np.min(apart, axis=0) / sigma
        else:
            tie = MARGIN * sigma * (UNIT_ROUNDOFF["float64"] / UNIT_ROUNDOFF[dtype])
            found = np.where(level > tie, level / sigma, np.inf).min(axis=0)
    return np.where(np.isnan(found), np.inf, found)
