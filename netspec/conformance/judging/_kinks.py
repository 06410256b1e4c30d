"""Kinks: where a value so close to the edge of a piecewise function that rounding may
decide would make two right backends differ.

Every pre-activation keeps a margin of 6 sigma, sigma from the rounded replicas. To get
it, the bias of its channel is nudged, layer by layer, to the middle of the largest gap
within 0.15 standard deviations; this always succeeds, where redrawing inputs fails at
some 20,000 units.
"""

from __future__ import annotations

import numpy as np

from netspec.conformance.judging._tolerance import UNIT_ROUNDOFF
from netspec.contract import Array
from netspec.reference import Decision

MARGIN = 6.0


def levels(decision: Decision, x: Array) -> Array:
    """What the decision compares with its edges: the value itself, or the winner's
    lead over each candidate.
    """
    if decision.kinks:
        return x
    return np.take_along_axis(x, decision.choice[None], 0) - x


def contested(decision: Decision, sigma: Array, dtype: str) -> Array:
    """Where rounding could move a value to another piece, as a mask over `choice`.

    Candidates of a pool that are equal to float64 rounding do not count. With random
    numbers they are copies of one value, or zeros after ReLU; whichever wins, the same
    gradient arrives upstream.

    Args:
        decision: as the exact run made it.
        sigma: standard deviation of `levels` under rounding.
        dtype: the format whose rounding it is.
    """
    level = levels(decision, decision.x)
    reach = MARGIN * sigma
    if decision.kinks:
        near = [np.abs(level - kink) < reach for kink in decision.kinks]
        return np.asarray(np.any(near, axis=0))
    tie = reach * (UNIT_ROUNDOFF["float64"] / UNIT_ROUNDOFF[dtype])
    return np.asarray(((level < reach) & (level > tie)).any(axis=0))
