"""Count first weights in bins, for people; the tests do not need histograms."""

from __future__ import annotations

import numpy as np

from netspec.conformance.judging import Histogram
from netspec.contract import Array
from netspec.init.distributions import Law

BINS = 40
SHOWN = 2**16  # values that are counted, evenly spread over a parameter
REACH = 4.5  # standard deviations shown of a law without bounds


def histogram(values: Array, law: Law) -> Histogram:
    """Count values in bins; add the counts that a law expects.

    Args:
        values: of many, only some `SHOWN` are counted.
        law: law that the values should follow.
    """
    values = values.ravel()[:: max(1, values.size // SHOWN)]
    low, high = law.bounds
    far = REACH * law.std
    ends = max(low, law.mean - far), min(high, law.mean + far)
    edges = np.linspace(*ends, BINS + 1)
    counts, _ = np.histogram(values, edges)
    expected = values.size * np.diff(law.cdf(edges))
    return Histogram(*(tuple(part.tolist()) for part in (edges, counts, expected)))
