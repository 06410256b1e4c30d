"""Samples: independent draws from a continuous law.

What a test looks at is the draws themselves, or their shares ``2 F(x) - 1``, which are
uniform on [-1, 1] whatever the law with the distribution function F is.

Frameworks may draw in float32, so each limit has room for what that rounding does.
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
        values: in float64, of the shape of the parameter.
        law: continuous; the values are independent.
    """

    values: Array
    law: Law

    @cached_property
    def standard(self) -> Array:
        """The values with mean 0 and standard deviation 1."""
        return np.asarray((self.values - self.law.mean) / self.law.std)

    @cached_property
    def shares(self) -> Array:
        """Uniform on [-1, 1]."""
        return np.asarray(2 * self.law.cdf(self.values) - 1)

    @cached_property
    def rounding(self) -> float:
        """How far float32 may move a value, in standard deviations."""
        return EPS * float(np.abs(self.values).max()) / self.law.std

    @cached_property
    def slack(self) -> float:
        """How far that moves its share at most."""
        return 2 * peak(self.law) * self.rounding


def kolmogorov_smirnov(sample: Sample) -> Verdict:
    """The largest distance between two distribution functions.

    Its limit ``sqrt(log(2 / alpha) / (2 n))`` holds for every n (Massart, 1990).
    """
    shares = np.sort(sample.shares, axis=None) / 2 + 0.5
    steps = np.arange(shares.size + 1) / shares.size
    used = max(np.max(steps[1:] - shares), np.max(shares - steps[:-1]))
    allowed = math.sqrt(math.log(2 / ALPHA) / (2 * shares.size)) + sample.slack / 2
    return measured(float(used), allowed, "another distribution")


def mean(sample: Sample) -> Verdict:
    """The mean, in standard deviations; its limit is that of the normal law."""
    used = abs(float(sample.standard.mean()))
    allowed = normal_limit() / math.sqrt(sample.values.size) + sample.rounding
    return measured(used, allowed, f"another mean than {sample.law.mean:.4g}")


def second_moment(sample: Sample) -> Verdict:
    """``E[z^2] - 1`` of standardized values; its limit is that of the normal law.

    The variance of z^2 is the kurtosis less 1.
    """
    used = abs(float(np.square(sample.standard).mean()) - 1)
    error = math.sqrt((kurtosis(sample.law) - 1) / sample.values.size)
    allowed = normal_limit() * error + 2 * sample.rounding
    reason = f"another standard deviation than {sample.law.std:.4g}"
    return measured(used, allowed, reason)


def support(sample: Sample) -> Verdict:
    """Whether the values keep to the bounds, and come near to them."""
    return worst([_inside(sample), _ends(sample)])


def _inside(sample: Sample) -> Verdict:
    low, high = sample.law.bounds
    beyond = max(low - sample.values.min(), sample.values.max() - high, 0.0)
    reason = f"values beyond {low:.4g} or {high:.4g}"
    return measured(float(beyond) / sample.law.std, sample.rounding, reason)


def _ends(sample: Sample) -> Verdict:
    # More than s of the law is beyond the last value with probability (1 - s)^n, which
    # is exp(-n s) at most; there are two ends
    used = (1 - min(-sample.shares.min(), sample.shares.max())) / 2
    allowed = math.log(2 / ALPHA) / sample.values.size + sample.slack / 2
    return measured(float(used), allowed, "the tails are missing")


def slices(sample: Sample) -> Verdict:
    """The mean square of the shares in every row, every column, every slice.

    Its expectation is 1/3, its variance 4/45; the limit is Bernstein's.
    """
    square, found = np.square(sample.shares), []
    for axis, length in enumerate(square.shape):
        others = tuple(i for i in range(square.ndim) if i != axis)
        used = np.abs(square.mean(axis=others) - 1 / 3).max()
        alpha = ALPHA / square.ndim / length
        allowed = bernstein(square.size // length, 4 / 45, 2 / 3, alpha)
        reason = f"some slice along axis {axis} has another variance"
        found.append(measured(float(used), allowed + 2 * sample.slack, reason))
    return worst(found)


def independence(sample: Sample) -> Verdict:
    """The mean product of shares that are neighbors, or in two halves of an axis."""
    pairs = [*disjoint_pairs(sample.shares)]
    return worst(likeness(a, b, ALPHA / len(pairs), sample.slack) for a, b in pairs)


def likeness(a: Array, b: Array, alpha: float, slack: float) -> Verdict:
    """The mean product of shares that should be independent: 0, its variance 1/9."""
    allowed = bernstein(a.size, 1 / 9, 1, alpha) + 2 * slack
    return measured(abs(float(np.mean(a * b))), allowed, "values follow one another")


def bernstein(size: int, variance: float, reach: float, alpha: float) -> float:
    """How far a mean may be from its expectation (Bernstein's inequality).

    Args:
        size: number of independent terms.
        variance: of a term.
        reach: the largest distance of a term from its expectation.
        alpha: probability that the mean is farther.
    """
    log = math.log(2 / alpha)
    linear = log * reach / 3
    return (linear + math.sqrt(linear**2 + 2 * size * variance * log)) / size


def normal_limit() -> float:
    """6.11: beyond so many standard errors on both sides there is `ALPHA`."""
    from scipy.special import ndtri

    return float(-ndtri(ALPHA / 2))
