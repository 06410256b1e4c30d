"""Units on a kink: flips are explained, and hide no bug."""

from __future__ import annotations

from typing import Any

import numpy as np

import netspec
from netspec import Dense, LeakyReLU, ReLU, Residual, Spec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import agree, forecast
from tests.conformance.wrapped import Wrapped


def test_flips_are_explained_where_no_bias_can_be_nudged() -> None:
    """A unit exactly between two pieces, which the backend puts on the other one."""
    spec = Spec("sum", (6,), [Residual([Dense(6)]), ReLU(), Dense(2)])
    case = draw_case(spec, train=False, dtype="float32")
    before = case.x + case.x @ case.params["0.body.0.weight"].T
    case.params["0.body.0.bias"][:] = -before[0]  # every unit of example 0 is at 0
    assert sum(forecast(case).ambiguous.values()) == 6
    agreement = agree(netspec.backend("torch"), case)
    assert agreement.passed, str(agreement)
    assert not agreement.ambiguous


def test_more_contested_units_than_can_be_explained_decide_nothing() -> None:
    spec = Spec("sum", (40,), [Residual([Dense(40)]), ReLU(), Dense(2)])
    case = draw_case(spec, train=False, dtype="float32")
    before = case.x + case.x @ case.params["0.body.0.weight"].T
    case.params["0.body.0.bias"][:] = -before[0]
    agreement = agree(netspec.backend("torch"), case)
    assert agreement.ambiguous == {"1": 40}
    assert not agreement.passed


def test_flips_do_not_hide_a_bug() -> None:
    spec = Spec("sum", (6,), [Residual([Dense(6)]), ReLU(), LeakyReLU(), Dense(2)])
    case = draw_case(spec, train=False, dtype="float32")
    before = case.x + case.x @ case.params["0.body.0.weight"].T
    case.params["0.body.0.bias"][:] = -before[0]
    scaled = {p: v * np.float32(1.001) for p, v in case.params.items()}

    class Scaled(Wrapped):
        def compile(self, spec: Spec, **how: Any) -> Any:
            return super().compile(spec, **{**how, "params": scaled})

    assert agree(Scaled(), case).failures
