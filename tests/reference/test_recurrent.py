"""Laws of recurrence in the reference, which no framework has a say in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from netspec import GRU, LSTM, RNN, Spec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import Case
from netspec.contract import Array
from netspec.errors import SpecError
from netspec.layers import Recurrent
from netspec.reference import Run, evaluate
from tests.reference.test_gradients import STEP

LENGTH, CHANNELS, UNITS = 4, 3, 2
LAYERS = (
    RNN(UNITS),
    RNN(UNITS, activation="relu"),
    LSTM(UNITS),
    GRU(UNITS),
    GRU(UNITS, reset_after=False),
)
each = pytest.mark.parametrize("layer", LAYERS, ids=repr)


def drawn(layer: Recurrent) -> Case:
    spec = Spec("one", (LENGTH, CHANNELS), [layer])
    return draw_case(spec, train=True, dtype="float64")


def output(
    case: Case, layer: Recurrent, x: Array, params: dict[str, Array] | None = None
) -> Array:
    spec = replace(case.spec, layers=[layer])
    y, _ = evaluate(spec.graph, x, Run(params or case.params))
    return y


@each
def test_gradients_are_central_differences(layer: Recurrent) -> None:
    both = replace(layer, direction="both")
    case = drawn(both)
    run = Run(case.params)
    _, pullback = evaluate(case.spec.graph, case.x, run)
    dx, random = pullback(case.cotangent), np.random.default_rng(1)
    for name, array, grad in (
        ("x", case.x, dx),
        *((name, p, run.grads[name]) for name, p in case.params.items()),
    ):
        way = random.normal(size=array.shape)
        ends = [
            output(case, both, array + step * way)
            if name == "x"
            else output(case, both, case.x, {**case.params, name: array + step * way})
            for step in (STEP, -STEP)
        ]
        slope = ((ends[0] - ends[1]) * case.cotangent).sum() / (2 * STEP)
        assert slope == pytest.approx((grad * way).sum(), rel=1e-6, abs=1e-7), name


@each
def test_an_output_knows_what_was_read_and_no_more(layer: Recurrent) -> None:
    case = drawn(layer)
    changed = case.x.copy()
    changed[:, 2] += 1
    same = np.isclose(output(case, layer, case.x), output(case, layer, changed))
    assert same[:, :2].all()
    assert not same[:, 2:].all()


@each
def test_reverse_is_forward_on_the_reverse(layer: Recurrent) -> None:
    case, backward = drawn(layer), replace(layer, direction="reverse")
    turned = output(case, layer, case.x[:, ::-1])[:, ::-1]
    assert np.array_equal(output(case, backward, case.x), turned)


@each
def test_both_directions_stand_side_by_side(layer: Recurrent) -> None:
    both = replace(layer, direction="both")
    case, end = drawn(both), "_reverse"
    y = output(case, both, case.x)
    first = {k: v for k, v in case.params.items() if not k.endswith(end)}
    last = {k[: -len(end)]: v for k, v in case.params.items() if k.endswith(end)}
    backward = replace(layer, direction="reverse")
    assert np.array_equal(y[..., :UNITS], output(case, layer, case.x, first))
    assert np.array_equal(y[..., UNITS:], output(case, backward, case.x, last))


def test_a_gate_that_is_shut_keeps_the_state() -> None:
    layer = LSTM(1)
    params = {name: np.zeros_like(p) for name, p in drawn(layer).params.items()}
    params["0.bias_ih_l0"] = np.array([0.0, 40.0, 40.0, 40.0])  # i f g o: adds 1 / 2
    y = output(drawn(layer), layer, np.zeros((1, LENGTH, CHANNELS)), params)
    assert y[0, :, 0] == pytest.approx(np.tanh([0.5, 1.0, 1.5, 2.0]))


def test_a_bias_of_the_state_needs_one_of_the_input() -> None:
    with pytest.raises(SpecError, match="recurrent_bias=False, or bias=True"):
        Spec("one", (LENGTH, CHANNELS), [LSTM(2, bias=False)]).parameters()
