"""The arithmetic that rounds at random, beside others of the same numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from netspec.reference import Perturbed

UNIT = 2.0**-24


def _operands() -> tuple[Any, Any]:
    random = np.random.default_rng(0)
    return random.normal(size=(7, 5)), random.normal(size=(5, 3))


def test_beside_another_evaluation_the_noise_is_the_same_bit_by_bit() -> None:
    a, b = _operands()
    sizes: list[Any] = []
    first, second = (Perturbed(UNIT, seed).beside(sizes) for seed in range(2))
    for replica in (first, second):
        replica.contract(np.matmul, 5, a, b)
    apart, beside = Perturbed(UNIT, 2), Perturbed(UNIT, 2).beside(sizes)
    expected = apart.contract(np.matmul, 5, a, b)
    assert np.array_equal(beside.contract(np.matmul, 5, a, b), expected)


def test_the_sizes_of_sums_are_computed_once_for_all() -> None:
    a, b = _operands()
    sizes: list[Any] = []
    calls = 0

    def product(x: Any, y: Any) -> Any:
        nonlocal calls
        calls += 1
        return x @ y

    for seed in range(3):
        replica = Perturbed(UNIT, seed).beside(sizes)
        replica.contract(product, 5, a, b)
        replica.contract(product, 5, b.T, a.T)
    assert calls == 2 * 3 + 2
    assert [size.shape for size in sizes] == [(7, 3), (3, 7)]


def test_draws_go_on_from_one_evaluation_to_the_next() -> None:
    ones = np.ones((50, 50))
    replica = Perturbed(UNIT, 0)
    one, other = (replica.beside([]).value(ones) for _ in range(2))
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0)])
def test_every_value_is_rounded_whatever_its_order_in_memory(
    axes: tuple[int, ...],
) -> None:
    x = np.random.default_rng(0).normal(size=(4, 5, 6)).transpose(axes)
    rounded = Perturbed(UNIT, 0).value(x)
    assert rounded.strides == x.strides
    assert np.allclose(np.abs(rounded / x - 1), UNIT, rtol=1e-6)
    assert 0 < np.count_nonzero(rounded > x) < x.size
