"""Find values so close to a kink that rounding may decide between two pieces.

A kink is an edge between the pieces of a function, such as 0 for ReLU. Two correct
backends may fall on different sides of it and then differ by more than rounding.

Every pre-activation keeps a margin of 6 sigma, with sigma from the rounded replicas. To
get this margin, cases move the bias of each channel, layer by layer, to the middle of
the largest gap within 0.15 standard deviations. This always succeeds, whereas redrawing
inputs fails at some 20,000 units.
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


def contested(decision: Decision, sigma: Array, dtype: str) -> Array:
    """Mark the values that rounding could move to another piece: a mask over `choice`.

    Candidates of a pool that tie up to float64 rounding do not count. With random
    numbers they are copies of one value, or zeros after ReLU; whichever wins, the same
    gradient arrives upstream.

    Args:
        decision: made by the exact run.
        sigma: standard deviation of `levels` under rounding to `dtype`.
        dtype: the format under test.
    """
    level = levels(decision, decision.x)
    reach = MARGIN * sigma
    if decision.kinks:
        near = [np.abs(level - kink) < reach for kink in decision.kinks]
        return np.asarray(np.any(near, axis=0))
    tie = reach * (UNIT_ROUNDOFF["float64"] / UNIT_ROUNDOFF[dtype])
    return np.asarray(((level < reach) & (level > tie)).any(axis=0))
