"""What tests need to know of a law beyond its mean and std, worked out from its CDF."""

from __future__ import annotations

from functools import cache

import numpy as np

from netspec.contract import Array
from netspec.init.distributions import FAR, Law

NODES = 64
POINTS = 2**10


def kurtosis(law: Law) -> float:
    """``E[(x - mean)^4] / std^4``, integrated by parts on each side of the mean."""
    nodes, weights = _gauss_legendre()
    low, high = _reach(law)
    below, above = low * nodes, high * nodes
    lower = low * below**3 * law.cdf(law.mean + law.std * below)
    upper = high * above**3 * (1 - law.cdf(law.mean + law.std * above))
    return float(4 * weights @ (lower + upper))


def peak(law: Law) -> float:
    """The largest density times std, to a few digits."""
    points = np.linspace(*_reach(law), POINTS)
    cdf = law.cdf(law.mean + law.std * points)
    return float(np.max(np.diff(cdf) / np.diff(points)))


def _reach(law: Law) -> tuple[float, float]:
    """The bounds, in standard deviations from the mean; `FAR` where there are none."""
    low, high = ((bound - law.mean) / law.std for bound in law.bounds)
    return max(low, -FAR), min(high, FAR)


@cache
def _gauss_legendre() -> tuple[Array, Array]:
    """Nodes and weights on [0, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return (nodes + 1) / 2, weights / 2
