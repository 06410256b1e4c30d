"""Weak verdicts stand where other rows sharpen them; else they decide nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from netspec import BatchNorm, Dense, ReLU, Residual, Spec
from netspec.conformance import conform
from netspec.conformance._weak import settled
from netspec.conformance.judging import Verdict
from netspec.conformance.report import Row
from netspec.contract import Step
from tests.conformance.wrapped import Wrapped

# So deep that rounding in float32 moves the first gradients by 1e-3, by a tenth
BLOCK = (Dense(8), BatchNorm(), ReLU())
DEEP = Spec("deep", (8,), [*BLOCK * 18, Dense(2)])
BLUNT = Spec("blunt", (8,), [*BLOCK * 30, Dense(2)])


def gradients(spec: Spec, **how: Any) -> Any:
    return conform(spec, "numpy", checks="gradients", **how)


def test_what_is_sharp_in_float64_and_alone_stays_weak() -> None:
    report = gradients(DEEP)
    weak = {row.what for row in report.rows if row.verdict.status == "weak"}
    assert "training: grad 0.weight" in weak
    assert report.verdict == "PASSED"


def test_without_float64_nothing_is_lifted() -> None:
    report = gradients(DEEP, dtypes="float32")
    assert report.verdict == "UNDECIDED"
    assert all("float64, which was not asked" in r.verdict.reason for r in report.bad)
    assert {r.verdict.status for r in report.bad} == {"inconclusive"}


def test_a_quick_look_leaves_weak_what_is_weak() -> None:
    report = gradients(DEEP, quick=True)
    assert report.verdict == "PASSED"
    assert report.counts["weak"]


def row(spec: str, status: str, what: str, dtype: str = "float32") -> Row:
    verdict = Verdict(status, 0.0, 1e-2, "said before")
    return Row("gradients", "mine", spec, dtype, f"training: {what}", verdict)


NET = Spec("net", (8,), [Residual([Dense(8, name="in"), ReLU()]), Dense(2)])
WEAK = row("net", "weak", "grad 0.body.in.weight")
WIDE = replace(WEAK, dtype="float64", verdict=replace(WEAK.verdict, status="declared"))
ALONE = row("Dense(8) on 8", "pass", "grad in.weight")


@pytest.mark.parametrize(
    ("others", "reason"),
    [
        ([WIDE, ALONE], "said before"),
        ([ALONE], "float64, which was not asked, may decide"),
        (
            [replace(WIDE, verdict=WEAK.verdict), ALONE],
            "float64 does not decide either",
        ),
        ([WIDE], "of the layer alone: Dense(8) on 8"),
        ([WIDE, row("Dense(8) on 8", "weak", "grad in.weight")], "of the layer alone"),
        ([WIDE, replace(ALONE, dtype="float64")], "of the layer alone"),
    ],
)
def test_what_a_weak_gradient_needs(others: list[Row], reason: str) -> None:
    found, *_ = settled([WEAK, *others], [NET])
    assert reason in found.verdict.reason
    stands = reason == "said before"
    assert found.verdict.status == ("weak" if stands else "inconclusive")


def test_a_weak_gradient_of_the_input_needs_float64_alone() -> None:
    weak = row("net", "weak", "grad_input")
    wide = row("net", "pass", "grad_input", "float64")
    assert settled([weak, wide], [NET]) == [weak, wide]


def test_a_tenth_is_too_blunt_whatever_float64_says() -> None:
    report = gradients(BLUNT)
    blunt = [row for row in report.bad if "exceed a tenth" in row.verdict.reason]
    assert blunt
    assert {row.dtype for row in blunt} == {"float32"}
    assert report.verdict == "UNDECIDED"


class Doubles(Wrapped):
    """Doubles the gradient of a bias, in float32 and in deep nets alone."""

    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        step = super().step(model, spec, *given, **how)
        if len(spec.layers) < 9 or step.output.dtype != np.float32:
            return step
        grads = {p: g * (1 + (p == "1.bias")) for p, g in step.grad_params.items()}
        return replace(step, grad_params=grads)


@pytest.mark.parametrize("spec", [DEEP, BLUNT], ids=lambda spec: spec.name)
def test_a_gross_mistake_in_float32_alone_never_passes(spec: Spec) -> None:
    assert conform(spec, Doubles("numpy"), checks="gradients").verdict != "PASSED"
