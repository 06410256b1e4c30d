"""What is known of signals in deep nets, seen by a probe."""

from __future__ import annotations

import math

import numpy as np
import pytest

import netspec
from netspec import (
    Constant,
    Dense,
    Dropout,
    KaimingNormal,
    Normal,
    ReLU,
    Sigmoid,
    Spec,
    Tanh,
    init_params,
)
from netspec.conformance.judging import Case
from netspec.signals import ProbeReport
from tests.signals.nets import BACKENDS, deep, forecast, residual

SIGMAS = 6


def squares(report: ProbeReport, every: int = 1) -> list[float]:
    """Mean squares of the outputs of every such layer, from the first on."""
    rows = report["spec"].rows[::every]
    return [row.output.mean**2 + row.output.std**2 for row in rows]


@pytest.mark.parametrize("std", [0.02, 0.05, 0.1])
def test_a_linear_net_multiplies_the_variance(std: float) -> None:
    """By ``n std^2`` in each layer. A random matrix of width n does so up to a factor
    whose logarithm has variance 2 / n.
    """
    depth, width = 8, 512
    found = squares(netspec.probe(deep(depth, width, weight=Normal(std)), batch=4))
    expected = (depth - 1) * math.log(width * std * std)
    room = SIGMAS * math.sqrt(2 * depth / width)
    assert abs(math.log(found[-1] / found[0]) - expected) < room


def test_he_keeps_the_mean_square_through_relu() -> None:
    """Of what enters each ReLU; the logarithm of the factor has variance 5 / n, as the
    square of half of a normal variable has kurtosis 6.
    """
    depth, width = 20, 1024
    found = squares(netspec.probe(deep(depth, width, ReLU, KaimingNormal())), every=2)
    room = SIGMAS * math.sqrt(5 * depth / width)
    assert abs(math.log(found[-1] / found[0])) < room
    assert room < depth * math.log(2) / 2  # LeCun's law would be seen


@pytest.mark.parametrize("backend", BACKENDS)
def test_float32_overflows_at_the_layer_predicted(backend: str) -> None:
    """With N(0, 1) the std of Dense layer l is ``sqrt(n) sqrt(n/2)^(l - 1)``; the
    largest of its 16 n values is some 3.6 times that.
    """
    depth, width = 40, 256
    found = netspec.probe(deep(depth, width, ReLU, Normal(1)), backend)["spec"]
    largest = 3.6 * math.sqrt(width)
    room = math.log(float(np.finfo(np.float32).max) / largest)
    predicted = 1 + math.ceil(room / math.log(math.sqrt(width / 2)))
    assert found.first_infinite is not None
    assert found.first_nan is not None
    assert abs(int(found.first_infinite) // 2 + 1 - predicted) <= 1
    assert int(found.first_nan) == int(found.first_infinite) + 2  # inf minus inf
    assert found.verdict.word == "overflow"
    assert f"inf from layer {found.first_infinite} on" in found.verdict.reason
    assert math.isnan(found.row(found.first_nan).output.std)


def test_the_overflow_is_that_of_float32() -> None:
    net = deep(40, 256, ReLU, Normal(1))
    found = netspec.probe(net, dtype="float64")["spec"]
    assert (found.first_infinite, found.first_nan) == (None, None)
    assert found.verdict.word == "exploding"


def test_sigmoid_shrinks_the_gradient() -> None:
    """By at most 1/4 in itself and by the largest singular value of the weights."""
    net = deep(12, 16, Sigmoid, Normal(0.3))
    found = netspec.probe(net, dtype="float64")["spec"]
    weights = init_params(net, 0, "float64")
    norms = [row.grad_output.norm for row in found.rows]
    slack = 1 + 16 * 2.0**-53
    for index in range(0, len(norms) - 1, 2):
        assert norms[index] <= norms[index + 1] / 4 * slack
        if index:
            stretch = np.linalg.norm(weights[f"{index}.weight"], 2)
            assert norms[index - 1] <= norms[index] * stretch * slack


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_chain_of_four_neurons(backend: str) -> None:
    """Input and weights 1/2: the gradient of the first weight is below 1/2^7."""
    layers = [Dense(1, bias=False), Sigmoid(), Dense(1, bias=False), Sigmoid()]
    chain = Spec("chain", (1,), [*layers, Dense(1, bias=False)])
    x = np.full((1, 1), 0.5, np.float32)
    found = netspec.probe(chain, backend, Constant(0.5), x=x)["Constant(value=0.5)"]
    grad = found.row("0").grad_params
    assert grad is not None
    shrunk = grad.norm / found.row("4").grad_output.norm
    assert 0 < shrunk < 2**-7


def test_a_way_around_keeps_the_gradient() -> None:
    plain = deep(50, 32, Tanh, Normal(0.01))
    before = netspec.probe(plain)["spec"]
    after = netspec.probe(residual(plain))["spec"]
    assert before.verdict.word == "vanishing"
    assert after.verdict.word == "healthy"
    first, last = after.row("0").grad_output.norm, after.row("49").grad_output.norm
    assert last / 2 < first < 2 * last


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_same_numbers_in_all_backends(backend: str) -> None:
    """A root mean square moves by no more than the distance of two tensors, divided by
    the root of their size.
    """
    net, x = deep(10, 32, Tanh), np.ones((4, 32), np.float32)
    weights = np.random.default_rng(0).normal(size=x.shape)
    params = init_params(net, 0)
    cotangent = (weights / len(x)).astype(np.float32)
    expected = forecast(Case(net, params, x, cotangent, True, "float32"))
    for row in netspec.probe(net, backend, x=x)["spec"].rows:
        seen = {"output": row.output, "grad": row.grad_output}
        for kind, found in seen.items():
            known = expected[f"{kind} {row.path}"]
            room = known.allowed / math.sqrt(x.size)
            assert abs(found.rms - known.norm / math.sqrt(x.size)) <= room


def test_dropout_is_left_out() -> None:
    net = Spec("net", (8,), [Dense(8), Dropout(0.5), Dense(2)])
    rows = netspec.probe(net)["spec"].rows
    assert [row.layer for row in rows] == ["Dense(8)", "Identity", "Dense(2)"]
    assert rows[0].output == rows[1].output


@pytest.mark.parametrize("backend", BACKENDS)
def test_training_changes_what_is_seen(backend: str) -> None:
    net = deep(3, 8, Tanh)
    before = netspec.probe(net, backend)["spec"].row("4").output
    after = netspec.probe(net, backend, steps=2)["spec"].row("4").output
    assert before != after
    assert abs(before.std - after.std) < before.std / 10  # small steps


def test_training_that_diverges() -> None:
    found = netspec.probe(deep(3, 8), steps=20, lr=1e6)["spec"]
    assert found.verdict.word == "overflow"
    assert found.verdict.remedies[0] == "train with a lower learning rate"
