"""Tests of probability laws.

A sound sample fails each with a probability of `ALPHA` at most, and all of a thousand,
more than a run has, with one of 1e-6.
"""

from netspec.conformance.laws.binomial import (
    binomial_limits,
    fraction,
    independence,
    likeness,
    slices,
)
from netspec.conformance.laws.common import ALPHA, disjoint_pairs, malformed, worst
from netspec.conformance.laws.histogram import Histogram, histogram
from netspec.conformance.laws.initial import drawn_apart, examine, thinned

__all__ = [
    "ALPHA",
    "Histogram",
    "binomial_limits",
    "disjoint_pairs",
    "drawn_apart",
    "examine",
    "fraction",
    "histogram",
    "independence",
    "likeness",
    "malformed",
    "slices",
    "thinned",
    "worst",
]
