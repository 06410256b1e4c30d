"""Numbers that a law must agree with: moments from its CDF, and limits for draws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad

from netspec.init.distributions import Law, Uniform

# Each limit is passed by a sound sample with a probability of 1e-9 at most
KOLMOGOROV, STANDARD_ERRORS, SUPPORT = 3.27, 6.11, 20.7
REACH = 12  # standard deviations: a normal law has 1e-32 of its mass beyond

Array = NDArray[Any]


def central_moment(law: Law, order: int) -> float:
    """``E[(X - mean)^order]``, integrated by parts from the CDF."""
    low, high = reach(law)

    def upper(x: float) -> float:
        return power(x) * (1 - float(law.cdf(np.array(x))))

    def lower(x: float) -> float:
        return power(x) * float(law.cdf(np.array(x)))

    def power(x: float) -> float:
        return float(order * (x - law.mean) ** (order - 1))

    options = {"epsabs": 0, "epsrel": 1e-11, "limit": 200}
    above, _ = quad(upper, law.mean, high, **options)
    below, _ = quad(lower, low, law.mean, **options)
    return float(above - below)


def reach(law: Law) -> tuple[float, float]:
    """The bounds, cut where there is no mass left."""
    far = REACH * law.std
    low, high = law.bounds
    return max(low, law.mean - far), min(high, law.mean + far)


def check_sample(law: Law, sample: Array) -> None:
    """Assert that a large sample follows a law: shape, mean, spread and support."""
    count, values = sample.size, np.sort(sample.astype(np.float64), axis=None)
    steps = np.arange(count + 1) / count
    below = law.cdf(values)
    distance = max(np.max(steps[1:] - below), np.max(below - steps[:-1]))
    assert distance <= KOLMOGOROV / math.sqrt(count)
    z = (values - law.mean) / law.std
    kurtosis = central_moment(law, 4) / law.std**4
    assert abs(z.mean()) <= STANDARD_ERRORS / math.sqrt(count)
    assert abs((z**2).mean() - 1) <= STANDARD_ERRORS * math.sqrt((kurtosis - 1) / count)
    low, high = (np.float32(bound) for bound in law.bounds)
    assert low <= values[0]
    assert values[-1] <= high
    if isinstance(law, Uniform):
        room = (law.high - law.low) * SUPPORT / count
        assert values[0] <= low + room
        assert values[-1] >= high - room
