"""Laws of the reference's own optimizers and losses.

Numbers are small multiples of powers of two, so that equalities are exact in binary.
"""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax

from netspec.conformance.judging import REPLICAS, UNIT_ROUNDOFF, Expected, norm
from netspec.contract import Array, Method, Numerics, Optimizer
from netspec.reference import Descent, Exact, Perturbed, cross_entropy, mse

INTEGERS = st.lists(st.integers(-8, 8), min_size=4, max_size=4).map(
    lambda values: np.array(values, np.float64)
)
GRADIENTS = st.lists(INTEGERS, min_size=1, max_size=5)
START = np.array([1.0, -2.0, 0.5, 0.0])

INSIDE = Numerics(velocity_holds_rate=True)
RAW = Numerics(adam_eps="raw")


def follow(
    optimizer: Optimizer, gradients: list[Array], numerics: Numerics | None = None
) -> Array:
    """Where a parameter is after these gradients."""
    descent = Descent(optimizer, numerics)
    value = START
    rates = optimizer.rates(len(gradients))
    for gradient, rate in zip(gradients, rates, strict=True):
        descent = descent.begin(rate)
        move = descent.move("w", value, gradient)
        descent.keep("w", value, gradient)
        value = value - move
    return value


@given(GRADIENTS)
def test_sgd_adds_gradients_up(gradients: list[Array]) -> None:
    moved = follow(Optimizer("sgd", 0.25), gradients)
    assert np.array_equal(moved, START - 0.25 * np.sum(gradients, axis=0))


@given(GRADIENTS)
def test_momentum_weighs_a_gradient_by_a_geometric_sum(gradients: list[Array]) -> None:
    moved = follow(Optimizer("sgd", 0.25, momentum=0.5), gradients)
    left = range(len(gradients), 0, -1)  # steps on which it acts, its own included
    parts = (
        gradient * (2 - 0.5 ** (steps - 1))
        for gradient, steps in zip(gradients, left, strict=True)
    )
    assert np.array_equal(moved, START - 0.25 * sum(parts))


@given(GRADIENTS)
def test_where_the_rate_enters_shows_only_where_it_changes(
    gradients: list[Array],
) -> None:
    constant = Optimizer("sgd", 0.25, momentum=0.5)
    assert np.array_equal(
        follow(constant, gradients), follow(constant, gradients, INSIDE)
    )
    falling = Optimizer("sgd", (0.25, 0.125), momentum=0.5)
    twice = [np.ones(4), np.ones(4)]
    apart = follow(falling, twice) - follow(falling, twice, INSIDE)
    # 0.125 (0.5 + 1) outside against 0.5 * 0.25 + 0.125 inside
    assert np.array_equal(apart, np.full(4, 0.25 - 0.1875))


def test_weight_decay_shrinks_what_has_no_gradient() -> None:
    optimizer = Optimizer("sgd", 0.25, weight_decay=0.5)
    assert np.array_equal(follow(optimizer, [np.zeros(4)]), START * 0.875)


@given(INTEGERS, st.sampled_from([None, RAW]))
def test_adam_first_moves_by_the_rate(gradient: Array, numerics: Numerics) -> None:
    optimizer = Optimizer("adam", 0.25, beta1=0.5, beta2=0.75, eps=2.0**-60)
    moved = follow(optimizer, [gradient], numerics)
    assert np.array_equal(moved, START - 0.25 * np.sign(gradient))


def test_adam_adds_eps_before_or_after_the_correction() -> None:
    optimizer = Optimizer("adam", 1.0, beta1=0.5, beta2=0.75, eps=1.0)
    one = [np.ones(4)]
    assert np.array_equal(follow(optimizer, one), START - 1 / 2)
    # 1 / (sqrt(v) + 1) with v = 0.25, times sqrt(0.25) / 0.5, of m = 0.5
    assert np.array_equal(follow(optimizer, one, RAW), START - 1 / 3)


def test_scalars_may_be_float32() -> None:
    narrow = Numerics(float32_scalars=frozenset({("Optimizer", "lr")}))
    optimizer = Optimizer("sgd", 0.1)
    moved = follow(optimizer, [np.ones(4)], narrow)
    assert np.array_equal(moved, START - float(np.float32(0.1)))
    assert not np.array_equal(moved, follow(optimizer, [np.ones(4)]))


@given(GRADIENTS, st.sampled_from(["sgd", "adam"]))
def test_a_step_can_be_tried(gradients: list[Array], method: Method) -> None:
    descent = Descent(Optimizer(method, 0.25, momentum=0.5, eps=1.0))
    for gradient in gradients:
        other = descent.begin(0.25)
        other.keep("w", START, 7 * gradient)
        begun = descent.begin(0.25)
        first = begun.move("w", START, gradient)
        assert np.array_equal(first, begun.move("w", START, gradient))
        assert np.array_equal(first, descent.begin(0.25).move("w", START, gradient))
        begun.keep("w", START, gradient)
        descent = begun


@given(INTEGERS, INTEGERS, INTEGERS)
def test_mse_is_a_parabola(output: Array, target: Array, move: Array) -> None:
    first, gradient = mse(output, target, Exact())
    second, _ = mse(output + move, target, Exact())
    assert second - first == np.vdot(gradient, move) + np.mean(move**2)


@given(INTEGERS, INTEGERS, st.lists(st.integers(0, 3), min_size=2, max_size=2))
def test_cross_entropy_is_minus_the_log_of_softmax(
    one: Array, two: Array, labels: list[int]
) -> None:
    output, rows = np.stack([one, two]), np.arange(2)
    logs = log_softmax(output, axis=1)
    wanted = np.exp(logs)
    wanted[rows, labels] -= 1
    found = cross_entropy(output, np.array(labels), Exact())
    unit = UNIT_ROUNDOFF["float64"]
    rounded = [
        cross_entropy(output, np.array(labels), Perturbed(unit, seed))
        for seed in range(REPLICAS)
    ]
    exact = (np.asarray(-logs[rows, labels].mean()), wanted / 2)
    for mine, right, others in zip(
        found, exact, zip(*rounded, strict=True), strict=True
    ):
        spread = np.sqrt(np.mean([norm(other - mine) ** 2 for other in others]))
        expected = Expected(right, float(spread), "float64")
        assert norm(np.asarray(mine - right)) <= expected.allowed
