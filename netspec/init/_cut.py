"""Moments of the standard normal distribution between two cuts."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netspec.errors import SpecError

FAR = 12.0  # standard deviations; N(0, 1) beyond is below the rounding of float64

Array = NDArray[Any]


@cache
def _quadrature() -> tuple[Array, Array]:
    return np.polynomial.legendre.leggauss(100)


@cache
def cut_moments(low: float, high: float) -> tuple[float, float]:
    """Compute the mean and the variance of N(0, 1) between two cuts.

    Gauss-Legendre quadrature is exact to rounding with 100 nodes; the closed forms
    cancel where the cuts are close to each other.
    """
    nodes, weights = _quadrature()
    low, high = max(low, -FAR), min(high, FAR)
    z = (high + low) / 2 + (high - low) / 2 * nodes
    mass = weights * np.exp(-z * z / 2)
    total = math.fsum(mass)
    mean = math.fsum(z * mass) / total
    return mean, math.fsum((z - mean) ** 2 * mass) / total


def phi(z: float) -> float:
    """Return the CDF of N(0, 1) at z."""
    return math.erfc(-z / math.sqrt(2)) / 2


def need_mass(low: float, high: float) -> None:
    """Refuse cuts of N(0, 1) that keep a probability under 1e-6.

    Raises:
        SpecError: the probability between the cuts is too small.
    """
    if phi(high) - phi(low) < 1e-6:
        raise SpecError(
            "low and high must keep at least 1e-6 of the normal law, received low"
            f" {low} and high {high}; move them towards 0"
        )
