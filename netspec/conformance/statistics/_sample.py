"""Test samples: independent draws from a continuous law.

A test uses the values x themselves, or ``2 F(x) - 1``, which is uniform on [-1, 1] for
any law with the distribution function F.

Frameworks may draw in float32, so each limit has room for the rounding error of that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from netspec.conformance.judging import Verdict, measured
from netspec.conformance.statistics._common import ALPHA, disjoint_pairs, worst
from netspec.conformance.statistics._moments import kurtosis, peak
from netspec.contract import Array
from netspec.init.distributions import Law

EPS = 2.0**-23  # spacing of float32 at 1


@dataclass(frozen=True)
class Sample:
    """Values, and the law that they should follow.

    Attributes:
        values: independent, in float64, of the shape of the parameter.
        law: a continuous one.
    """

    values: Array
    law: Law

    @cached_property
    def standard(self) -> Array:
        """Values scaled to mean 0 and standard deviation 1."""
        return np.asarray((self.values - self.law.mean) / self.law.std)

    @cached_property
    def uniform(self) -> Array:
        """Values of ``2 F(x) - 1``, which the law makes uniform on [-1, 1]."""
        return np.asarray(2 * self.law.cdf(self.values) - 1)

    @cached_property
    def rounding(self) -> float:
        """Largest change of a value by rounding to float32, in standard deviations."""
        return EPS * float(np.abs(self.values).max()) / self.law.std

    @cached_property
    def slack(self) -> float:
        """Largest change of ``2 F(x) - 1`` by rounding to float32."""
        return 2 * peak(self.law) * self.rounding


def kolmogorov_smirnov(sample: Sample) -> Verdict:
    """Test the largest distance between two distribution functions.

    The limit ``sqrt(log(2 / alpha) / (2 n))`` holds for every n (Massart, 1990).
    """
    cdf = np.sort(sample.uniform, axis=None) / 2 + 0.5
    steps = np.arange(cdf.size + 1) / cdf.size
    used = max(np.max(steps[1:] - cdf), np.max(cdf - steps[:-1]))
    allowed = math.sqrt(math.log(2 / ALPHA) / (2 * cdf.size)) + sample.slack / 2
    return measured(float(used), allowed, "another distribution")


def mean(sample: Sample) -> Verdict:
    """Test the mean, in standard deviations; the limit is that of the normal law."""
    used = abs(float(sample.standard.mean()))
    allowed = normal_limit() / math.sqrt(sample.values.size) + sample.rounding
    return measured(used, allowed, f"another mean than {sample.law.mean:.4g}")


def second_moment(sample: Sample) -> Verdict:
    """Test ``E[z^2] - 1`` of standardized values; the limit is that of the normal law.

    The variance of z^2 is the kurtosis less 1.
    """
    used = abs(float(np.square(sample.standard).mean()) - 1)
    error = math.sqrt((kurtosis(sample.law) - 1) / sample.values.size)
    allowed = normal_limit() * error + 2 * sample.rounding
    reason = f"another standard deviation than {sample.law.std:.4g}"
    return measured(used, allowed, reason)


def support(sample: Sample) -> Verdict:
    """Test whether the values keep to the bounds, and come near to them."""
    return worst([_inside(sample), _ends(sample)])


def _inside(sample: Sample) -> Verdict:
    low, high = sample.law.bounds
    beyond = max(low - sample.values.min(), sample.values.max() - high, 0.0)
    reason = f"values beyond {low:.4g} or {high:.4g}"
    return measured(float(beyond) / sample.law.std, sample.rounding, reason)


def _ends(sample: Sample) -> Verdict:
    # More than s of the law is beyond the last value with probability (1 - s)^n, which
    # is exp(-n s) at most; there are two ends
    used = (1 - min(-sample.uniform.min(), sample.uniform.max())) / 2
    allowed = math.log(2 / ALPHA) / sample.values.size + sample.slack / 2
    return measured(float(used), allowed, "the tails are missing")


def slices(sample: Sample) -> Verdict:
    """Test the mean of ``(2 F(x) - 1)^2`` in every row, every column, every slice.

    The square has expectation 1/3 and variance 4/45; the limit is Bernstein's.
    """
    square, found = np.square(sample.uniform), []
    for axis, length in enumerate(square.shape):
        others = tuple(i for i in range(square.ndim) if i != axis)
        used = np.abs(square.mean(axis=others) - 1 / 3).max()
        alpha = ALPHA / square.ndim / length
        allowed = bernstein(square.size // length, 4 / 45, 2 / 3, alpha)
        reason = f"some slice along axis {axis} has another variance"
        found.append(measured(float(used), allowed + 2 * sample.slack, reason))
    return worst(found)


def independence(sample: Sample) -> Verdict:
    """Test whether neighbors, and the halves of each axis, are drawn independently."""
    pairs = [*disjoint_pairs(sample.uniform)]
    return worst(likeness(a, b, ALPHA / len(pairs), sample.slack) for a, b in pairs)


def likeness(a: Array, b: Array, alpha: float, slack: float) -> Verdict:
    """Test the mean product of independent values, uniform on [-1, 1].

    Its expectation is 0; the variance of a product is 1/9.
    """
    allowed = bernstein(a.size, 1 / 9, 1, alpha) + 2 * slack
    return measured(abs(float(np.mean(a * b))), allowed, "values follow one another")


def bernstein(size: int, variance: float, reach: float, alpha: float) -> float:
    """Return how far a mean may be from its expectation, by Bernstein's inequality.

    Args:
        size: number of independent terms.
        variance: variance of a term.
        reach: the largest distance of a term from its expectation.
        alpha: probability that the mean is farther.
    """
    log = math.log(2 / alpha)
    linear = log * reach / 3
    return (linear + math.sqrt(linear**2 + 2 * size * variance * log)) / size


def normal_limit() -> float:
    """Return 6.11, the standard errors that are exceeded with probability `ALPHA`."""
    from scipy.special import ndtri

    return float(-ndtri(ALPHA / 2))
