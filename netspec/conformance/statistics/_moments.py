"""Kurtosis and largest density of a law, worked out from its distribution function."""

from __future__ import annotations

from functools import cache

import numpy as np

from netspec.contract import Array
from netspec.init.distributions import FAR, Law

NODES = 64
POINTS = 2**10


def kurtosis(law: Law) -> float:
    """Integrate ``E[(x - mean)^4] / std^4``, by parts on each side of the mean."""
    nodes, weights = _gauss_legendre()
    low, high = _reach(law)
    below, above = low * nodes, high * nodes
    lower = low * below**3 * law.cdf(law.mean + law.std * below)
    upper = high * above**3 * (1 - law.cdf(law.mean + law.std * above))
    return float(4 * weights @ (lower + upper))


def peak(law: Law) -> float:
    """Return the largest density times the standard deviation, to a few digits."""
    points = np.linspace(*_reach(law), POINTS)
    cdf = law.cdf(law.mean + law.std * points)
    return float(np.max(np.diff(cdf) / np.diff(points)))


def _reach(law: Law) -> tuple[float, float]:
    """Return the bounds in standard deviations from the mean, at most `FAR` from it."""
    low, high = ((bound - law.mean) / law.std for bound in law.bounds)
    return max(low, -FAR), min(high, FAR)


@cache
def _gauss_legendre() -> tuple[Array, Array]:
    """Return nodes and weights of the quadrature on [0, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return (nodes + 1) / 2, weights / 2
