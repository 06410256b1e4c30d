"""What a probe says is wrong, and what it advises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import netspec
from netspec import (
    BatchNorm,
    Dense,
    InitPolicy,
    Normal,
    ReLU,
    Sigmoid,
    Spec,
    Tanh,
)
from netspec.signals import BAND
from tests.signals.nets import deep


@pytest.mark.parametrize(
    ("net", "word", "remedy"),
    [
        (deep(40, 64, ReLU, Normal(0.01)), "vanishing", "init he"),
        (deep(60, 64, ReLU, Normal(1)), "overflow", "init he"),
        (deep(12, 64, ReLU, Normal(1)), "exploding", "clip gradients"),
        (deep(12, 64, Sigmoid), "vanishing", "replace Sigmoid"),
        (deep(40, 64, Tanh, Normal(0.01)), "vanishing", "init glorot"),
        (deep(40, 64, None, Normal(0.01)), "vanishing", "init LeCunNormal"),
    ],
    ids=lambda value: value.name if isinstance(value, Spec) else value,
)
def test_what_is_wrong_and_what_to_change(net: Spec, word: str, remedy: str) -> None:
    verdict = netspec.probe(net)["spec"].verdict
    assert verdict.word == word
    assert any(remedy in text for text in verdict.remedies)
    assert str(verdict).startswith(f"{word}: ")


def test_the_first_weights_that_are_advised_help() -> None:
    for activation, advised in ((ReLU, "he"), (Tanh, "glorot"), (None, "LeCunNormal")):
        net = deep(40, 64, activation)
        report = netspec.probe(net, inits=["Normal(0.01)", advised])
        advice = report["Normal(0.01)"].verdict.remedies[0]
        assert advice.endswith(f"init {advised}")
        assert report[advised].verdict.word == "healthy"
        assert not report.healthy


def test_no_advice_that_is_followed_already() -> None:
    net = Spec("net", (64,), [Dense(64), BatchNorm(), ReLU()] * 2, "he")
    scaled = replace(net, init=InitPolicy(Normal(1e-9)))
    advice = " ".join(netspec.probe(scaled)["spec"].verdict.remedies)
    assert "init he" in advice
    assert "BatchNorm" not in advice


@pytest.mark.parametrize(
    ("size", "word"),
    [
        (BAND[0] / 2, "vanishing"),
        (BAND[0] * 2, "healthy"),
        (BAND[1] / 2, "healthy"),
        (BAND[1] * 2, "exploding"),
    ],
)
def test_the_band_ends_where_it_says(size: float, word: str) -> None:
    """The gradient of the weight of y = w x is a multiple of x."""
    net = Spec("net", (1,), [Dense(1, bias=False)])
    one = np.ones((1, 1), np.float32)
    grad = netspec.probe(net, x=one)["spec"].row("0").grad_params
    assert grad is not None
    x = np.full_like(one, size / grad.rms)
    assert netspec.probe(net, x=x, lr=1e-9)["spec"].verdict.word == word


def test_a_step_as_long_as_the_weights_is_not_healthy() -> None:
    """Its gradients are within the band, and its loss is NaN after three steps."""
    layers = [part for _ in range(10) for part in (Dense(512), ReLU())]
    net = Spec("net", (512,), layers, InitPolicy(Normal(0.1)))
    found = netspec.probe(net, lr=0.1)["spec"]
    assert found.verdict.word == "exploding"
    longest = max(row.update or 0 for row in found.rows)
    assert f"lr 0.1 changes layer 2 by {longest:.2g} of its" in found.verdict.reason
    assert netspec.probe(net)["spec"].verdict.reason.startswith("a step at lr 0.01 ")
    rate = float(found.verdict.remedies[0].rpartition("at most ")[2])
    assert netspec.probe(net, lr=rate)["spec"].verdict.word == "healthy"


def test_the_update_is_that_of_one_step() -> None:
    net, x = deep(2, 8, Tanh), np.ones((4, 8), np.float64)
    found = netspec.probe(net, x=x, lr=0.5, dtype="float64")["spec"].row("0")
    weight = netspec.init_params(net, 0, "float64")["0.weight"]
    assert found.grad_params is not None
    size = np.sqrt(np.mean(weight**2))
    assert found.update == pytest.approx(0.5 * found.grad_params.rms / size, rel=1e-12)
    zeros = replace(net, init=InitPolicy(Normal(0)))
    assert netspec.probe(zeros)["spec"].row("0").update is None
