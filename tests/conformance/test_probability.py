"""The probability theory that tests of laws rest on."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import bdtr, bdtrc

from netspec.conformance.statistics import ALPHA
from netspec.conformance.statistics import _moments as moments
from netspec.conformance.statistics import _sample as sample
from netspec.init import distributions as probability
from tests.laws import central_moment

# The limits themselves


@pytest.mark.parametrize(
    "law",
    [
        probability.Uniform(-1, 3),
        probability.Normal(2, 0.1),
        probability.TruncatedNormal(0, 1, (-2, 2)),
        probability.TruncatedNormal(1, 0.3, (-1, 3)),
        probability.Orthogonal(2, 30, 9),
    ],
    ids=repr,
)
def test_kurtosis_is_that_of_the_law(law: probability.Law) -> None:
    exact = central_moment(law, 4) / law.std**4
    assert moments.kurtosis(law) == pytest.approx(exact, rel=1e-8)


def test_numbers_of_the_design() -> None:
    assert sample.normal_limit() == pytest.approx(6.11, abs=0.005)
    assert moments.kurtosis(probability.Normal(0, 1)) == pytest.approx(3)
    assert moments.kurtosis(probability.Uniform(0, 1)) == pytest.approx(1.8)
    assert moments.peak(probability.Uniform(0, 5)) == pytest.approx(12**-0.5)


@pytest.mark.parametrize("size", [10, 300, 2**14])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.5])
@pytest.mark.parametrize("alpha", [1e-3, ALPHA])
def test_bernstein_holds_for_counts(size: int, share: float, alpha: float) -> None:
    far = size * sample.bernstein(size, share * (1 - share), 1 - share, alpha)
    below = bdtr(math.ceil(size * share - far) - 1, size, share)
    above = bdtrc(math.floor(size * share + far), size, share)
    assert np.nan_to_num(below) + np.nan_to_num(above) <= alpha
