"""Judge where training ends if nobody reads its steps.

To read them waits for what a framework does meanwhile, which may hide a mistake. Bits
may differ from run to run, though, and a chaotic net makes much of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from netspec.conformance.judging import Verdict, failed, measured, widen
from netspec.contract import Array, Arrays

PART = 1e-3  # of what training moved: in float64 not even chaos comes that far
NOISE = 8  # times how far two runs are apart


def judge_unwatched(
    watched: Arrays, again: Iterator[Arrays], first: Arrays, dtype: str
) -> Verdict:
    """Judge the end of a run of training that nobody watched.

    Args:
        watched: parameters at the end of a run that was watched.
        again: those of two that were not, the second only if it is asked for.
        first: parameters before all of them.
        dtype: the format under test. In float32 rounding alone may grow too far: then
            nothing is decided.
    """
    end = next(again)
    if set(end) != set(watched):
        return failed("other parameters than where its steps are shown")
    used = _apart(end, watched)
    if used == 0:
        return measured(0.0, 0.0, "")
    moved, noise = _apart(watched, first), _apart(next(again), end)
    verdict = measured(
        used, max(NOISE * noise, PART * moved), "it ends elsewhere if it is not watched"
    )
    if dtype == "float32" and verdict.status == "fail" and math.isfinite(used):
        return replace(verdict, status="inconclusive")
    return verdict


def _apart(one: Arrays, other: Arrays) -> float:
    """Return the 2-norm of the difference of all parameters."""
    return math.hypot(*(_length(widen(one[path]) - other[path]) for path in one))


def _length(x: Array) -> float:
    return float(np.linalg.norm(x))  # NaN where a value is
