"""Scalars that MXNet reads from text: what it makes of them is declared."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netspec
from netspec import Dropout, LayerNorm, Spec
from netspec.conformance.cases import draw_single
from netspec.conformance.judging import agree
from netspec_gluon.mxnet191 import read_scalar

COMMON = [0.0, 0.9, 0.99, 1.0, 1e-3, 1e-5, 1e-6, 1e-8, 1e-12, 2e-5, 1.1e-5]


@pytest.mark.parametrize("value", COMMON)
def test_common_numbers_are_read_as_the_nearest_float32(value: float) -> None:
    assert read_scalar(value) == np.float32(value)


@given(st.floats(1e-12, 1e3))
def test_no_number_is_missed_by_more_than_two_ulp(value: float) -> None:
    nearest = np.float32(value)
    assert abs(read_scalar(value) - nearest) <= 2 * np.spacing(nearest)


@pytest.mark.parametrize("value", [1.4372225408803445e-05, 1.8186808488965034e-05])
def test_some_numbers_are_missed(value: float) -> None:
    assert read_scalar(value) != np.float32(value)


@given(st.floats(1e-7, 1e-2))
@settings(max_examples=20)
def test_layer_norm_has_the_eps_that_is_declared(eps: float) -> None:
    check_layer_norm(eps)


@pytest.mark.parametrize("eps", [1.4372225408803445e-05, 1.8186808488965034e-05])
def test_layer_norm_has_an_eps_that_is_missed(eps: float) -> None:
    check_layer_norm(eps)


def check_layer_norm(eps: float) -> None:
    spec = Spec("norm", (6,), [LayerNorm(eps)])
    case = draw_single(spec, train=False, dtype="float64")
    agreement = agree(netspec.backend("gluon"), case)
    assert agreement.passed, str(agreement)


@pytest.mark.parametrize("rate", [1.7e-63, 5e-324, 2.0**-126])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_rate_that_float32_does_not_have_is_none(rate: float, dtype: str) -> None:
    spec, x = Spec("one", (3,), [Dropout(rate)]), np.ones((4, 3), dtype)
    backend = netspec.backend("gluon")
    model = backend.compile(spec, params={}, dtype=dtype)
    for train in (False, True):
        assert np.array_equal(backend.forward(model, spec, x, train=train, seed=0), x)
