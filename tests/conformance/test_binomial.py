"""The limits within which a count of draws passes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import gammaln

from netspec.conformance import statistics


@pytest.mark.parametrize("size", [1, 10, 1024, 2**20])
@pytest.mark.parametrize("probability", [0.001, 0.3, 0.5, 0.999])
def test_limits_are_the_quantiles(size: int, probability: float) -> None:
    low, high = statistics.binomial_limits(size, probability, statistics.ALPHA)
    lowest, highest = (
        binomial_cdf(size, probability, low - 1),
        binomial_cdf(size, 1 - probability, size - high - 1),
    )
    assert lowest <= statistics.ALPHA / 2 < binomial_cdf(size, probability, low)
    assert (
        highest
        <= statistics.ALPHA / 2
        < binomial_cdf(size, 1 - probability, size - high)
    )


def binomial_cdf(size: int, probability: float, count: int) -> float:
    """``P(X <= count)``, summed term by term."""
    k = np.arange(count + 1)
    ways = gammaln(size + 1) - gammaln(k + 1) - gammaln(size - k + 1)
    odds = k * math.log(probability) + (size - k) * math.log1p(-probability)
    return math.fsum(np.exp(ways + odds))
