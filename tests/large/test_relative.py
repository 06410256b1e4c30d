"""The rule by which `make nets` judges can fail."""

from __future__ import annotations

import math

import numpy as np
import pytest

from netspec.contract import Array
from tests.large.step import LIMIT, relative

EXPECTED = {
    "output": np.array([3.0, 4.0]),
    "grad 0.weight": np.array([[0.6, 0.8]]),
    "grad 0.bias": np.array([1e-16]),
}


def test_distances_are_relative_to_each_tensor() -> None:
    received = {**EXPECTED, "output": EXPECTED["output"] + [0, 1e-6]}
    assert relative(received, EXPECTED)["output"] == pytest.approx(2e-7)


def test_a_gradient_that_is_rounding_is_held_against_its_layer() -> None:
    received = {**EXPECTED, "grad 0.bias": np.array([-3e-16])}
    assert relative(received, EXPECTED)["grad 0.bias"] < LIMIT
    received = {**EXPECTED, "grad 0.bias": np.array([1e-8])}
    assert relative(received, EXPECTED)["grad 0.bias"] == pytest.approx(1e-8)


@pytest.mark.parametrize(
    "output", [np.array([3.0, math.nan]), np.array([[3.0, 4.0]]), np.array([math.inf])]
)
def test_what_is_malformed_is_infinitely_far(output: Array) -> None:
    assert relative({**EXPECTED, "output": output}, EXPECTED)["output"] == math.inf


def test_what_is_missing_is_infinitely_far() -> None:
    received = {"output": EXPECTED["output"]}
    assert relative(received, EXPECTED)["grad 0.bias"] == math.inf


def test_zero_is_near_zero_alone() -> None:
    zero = {"output": np.zeros(2)}
    assert relative(zero, zero) == {"output": 0.0}
    assert relative({"output": np.array([0.0, 1e-30])}, zero)["output"] == math.inf
