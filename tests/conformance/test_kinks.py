"""Units on a kink: flips are explained, and hide no bug."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import netspec
from netspec import Dense, ReLU, Residual, Spec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import (
    Agreement,
    Case,
    Verdict,
    agree,
    compare,
    forecast,
    step_of,
    tensors,
)
from netspec.conformance.training import Follower, Recipe, TrainingRun
from netspec.conformance.training import _team as team
from netspec.contract import Array, Arrays, Numerics, Optimizer, Trained
from netspec.reference import Choices, Descent, Free, Learner, Run

STEPS = 4


def on_kinks(width: int) -> Case:
    """Every unit of the first example exactly between two pieces of ReLU, where no bias
    can be nudged.
    """
    layers = [Residual([Dense(width)]), ReLU(), Dense(2)]
    case = draw_case(Spec("sum", (width,), layers), train=True, dtype="float32")
    before = case.x + case.x @ case.params["0.body.0.weight"].T
    case.params["0.body.0.bias"][:] = -before[0]
    assert sum(forecast(case).kinks.contested.values()) == width
    return case


class Contrary:
    """Decides some units of the first example on the other side."""

    def __init__(self, units: list[int]) -> None:
        self.units = units

    def pin(
        self, path: str, x: Array, kinks: tuple[float, ...], decide: Any
    ) -> tuple[Array, Array]:
        choice = decide(x).copy()
        choice[0, self.units] ^= True
        return x, choice


# In one step


@pytest.mark.parametrize("width", [6, 20])
def test_sound_backends_pass(width: int) -> None:
    agreement = agree(netspec.backend("torch"), on_kinks(width))
    assert agreement.passed, str(agreement)


def compared(case: Case, units: list[int], **wrong: float) -> Agreement:
    """A backend with flips, and perhaps with wrong tensors, in one step."""
    step = tensors(step_of(case, choices=Contrary(units)))
    received = {
        name: (value * wrong.get(name, 1.0)).astype(np.float32)
        for name, value in step.items()
    }
    return compare(received, case, Numerics(), forecast(case))


@pytest.mark.parametrize("units", [[0], [1, 4], [0, 1, 2, 3, 4, 5]])
def test_flips_are_explained(units: list[int]) -> None:
    case = on_kinks(6)
    assert compared(case, units).passed


def test_what_no_flip_moves_fails() -> None:
    agreement = compared(on_kinks(6), [1, 4], output=1.001)
    assert set(agreement.failures) == {"output"}


@pytest.mark.parametrize("units", [[], [1, 4]])
def test_what_flips_do_not_explain_does_not_pass(units: list[int]) -> None:
    agreement = compared(on_kinks(6), units, grad_input=1.001)
    verdict = agreement.verdicts["grad_input"]
    assert verdict.status == "inconclusive"
    assert "6 at 1" in verdict.reason
    assert compared(on_kinks(6), units, grad_input=10.0).failures


def test_more_flips_than_are_tried_are_inconclusive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("netspec.conformance.judging._flips.NEAREST", (8, 32))
    agreement = compared(on_kinks(40), list(range(40)))
    statuses = {name: verdict.status for name, verdict in agreement.verdicts.items()}
    assert statuses.pop("output") == "pass"
    assert "fail" not in statuses.values()
    assert statuses["grad_input"] == "inconclusive"


# In training


def followed(
    units: list[int], change: Callable[[Arrays], Arrays] = lambda params: params
) -> dict[str, Verdict]:
    """A backend with flips in its first step, and a velocity."""
    case, random = on_kinks(6), np.random.default_rng(0)
    xs = np.stack([case.x, *random.normal(size=(STEPS - 1, *case.x.shape))])
    ys = random.normal(size=(STEPS, len(case.x), 2))
    recipe = Recipe("momentum", Optimizer("sgd", 0.125, 0.9), "mse")
    run = TrainingRun(recipe, case.spec, case.params, xs, ys).of("float32")
    follower, wide = Follower(run, Numerics(), "float32", {}), run.of("float64")
    choices: list[Choices] = [Contrary(units), *[Free()] * (STEPS - 1)]

    def begin(params: Arrays) -> Run:
        return Run(params, train=True, choices=choices.pop(0))

    descent = Descent(recipe.optimizer)
    learner = Learner(run.spec, wide.params, descent, "mse", begin)
    losses = []
    for step, (x, y) in enumerate(zip(wide.xs, wide.ys, strict=True)):
        losses.append(learner.learn(x, y, 0.125))
        shown = {p: v.astype(np.float32) for p, v in change(learner.params).items()}
        follower.watch(step, shown)
        learner.params = {path: v.astype(np.float64) for path, v in shown.items()}
    return follower.verdicts(Trained(np.asarray(losses, np.float32), shown))


def test_training_goes_on_with_the_flips_that_explain_a_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert {verdict.status for verdict in followed([1, 4]).values()} == {"pass"}
    monkeypatch.setattr(team, "explain", lambda *_: None)
    moved = {n for n, v in followed([1, 4]).items() if v.status == "inconclusive"}
    assert moved == {"0.body.0.weight", "0.body.0.bias"}
    assert {verdict.status for verdict in followed([]).values()} == {"pass"}


def test_flips_hide_no_bug_of_training() -> None:
    def off(path: str) -> set[str]:
        wrong = followed([1, 4], lambda p: {**p, path: p[path] * 1.001})
        return {name for name, verdict in wrong.items() if verdict.status != "pass"}

    assert off("0.body.0.weight") >= {"0.body.0.weight"}
    failures = followed([1, 4], lambda p: {**p, "2.weight": p["2.weight"] * 1.001})
    assert failures["2.weight"].status == "fail"
