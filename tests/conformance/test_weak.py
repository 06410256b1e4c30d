"""Weak verdicts stand where other rows sharpen them; else they decide nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import netspec
from netspec import BatchNorm, Conv2D, Dense, ReLU, Residual, Sequential, Spec
from netspec.conformance import conform
from netspec.conformance._weak import settled
from netspec.conformance.judging import TOO_BLUNT, Verdict
from netspec.conformance.report import Row
from netspec.contract import Step, Trace
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


@pytest.mark.parametrize(("used", "status"), [(9e-5, "weak"), (2e-4, "inconclusive")])
def test_what_has_no_float64_must_be_near(used: float, status: str) -> None:
    none = row("net", "unsupported", "", "float64")
    weak = replace(WEAK, verdict=replace(WEAK.verdict, used=used))
    (_, found) = settled([none, weak], [NET])
    assert found.verdict.status == status
    (_, asked) = settled([replace(none, verdict=WIDE.verdict), weak], [NET])
    assert asked.verdict.status == "inconclusive"


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


def trained(*statuses: str) -> list[Row]:
    """The tensor of one recipe, of another one, and in float64; then another tensor,
    ten times, of the first recipe.
    """
    blunt = TOO_BLUNT if statuses[0] == "inconclusive" else ""
    wide = Row("training", "mine", "net", "float64", "sgd, mse: 0.weight", PASS)
    first = replace(wide, dtype="float32")
    rows = [first, replace(first, what="adam, mse: 0.weight"), wide]
    rows += [replace(first, what=f"sgd, mse: {number}.bias") for number in range(10)]
    verdicts = [Verdict(status, 0.0, 1.0, blunt) for status in statuses]
    changed = [replace(r, verdict=v) for r, v in zip(rows, verdicts, strict=False)]
    return [*changed, *rows[len(changed) :]]


PASS = Verdict("pass", 0.0, 1.0)
LOST = ["inconclusive", "pass", "pass", "inconclusive"]


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        (["inconclusive"], "weak"),
        (["inconclusive", "inconclusive"], "inconclusive"),
        (["inconclusive", "pass", "inconclusive"], "inconclusive"),
        (LOST, "inconclusive"),
        (["fail"], "fail"),
    ],
    ids=["decided", "nowhere", "nor in float64", "of a blunt recipe", "wrong"],
)
def test_what_one_recipe_leaves_too_blunt(statuses: list[str], status: str) -> None:
    found, *_ = settled(trained(*statuses), [NET])
    assert found.verdict.status == status


@pytest.mark.parametrize(
    ("statuses", "status"),
    [(["weak"], "weak"), (["weak", "weak"], "inconclusive")],
    ids=["decided", "nowhere"],
)
def test_training_without_float64_needs_another_recipe(
    statuses: list[str], status: str
) -> None:
    far = Verdict("weak", 0.9, 1.0)
    first, second, wide, *rest = trained(*statuses)
    none = replace(wide, verdict=replace(wide.verdict, status="unsupported"))
    both = [
        replace(one, verdict=far) if one.verdict.status == "weak" else one
        for one in (first, second)
    ]
    found, *_ = settled([*both, none, *rest], [NET])
    assert found.verdict.status == status


def test_what_is_inconclusive_for_another_reason_stays_so() -> None:
    first, *others = trained("inconclusive")
    other = replace(first, verdict=replace(first.verdict, reason="a unit on a kink"))
    assert settled([other, *others], [NET])[0] == other


class Untraced(Wrapped):
    """Cannot show what is inside a net."""

    def __getattr__(self, name: str) -> Any:
        if name == "trace":
            raise AttributeError(name)
        return super().__getattr__(name)


def test_a_tenth_is_too_blunt_whatever_float64_says() -> None:
    report = conform(BLUNT, Untraced("numpy"), checks="gradients")
    blunt = [row for row in report.bad if "exceed a tenth" in row.verdict.reason]
    assert blunt
    assert {row.dtype for row in blunt} == {"float32"}
    assert report.verdict == "UNDECIDED"


def test_long_sums_of_a_layer_alone_are_sharp_in_float32() -> None:
    images = Spec("images", (2, 48, 48), [Conv2D(3, kernel_size=3), BatchNorm()])
    report = conform(images, "numpy", "float32", "gradients", quick=True)
    alone = {row.verdict.status for row in report.rows if row.spec != "images"}
    assert alone == {"pass"}


def test_long_outputs_of_a_layer_alone_are_sharp_in_float32() -> None:
    deep = Spec("deep", (1024, 3, 3), [Conv2D(2, kernel_size=3)])
    report = conform(deep, "numpy", "float32", "outputs", quick=True)
    alone = {row.verdict.status for row in report.rows if row.spec != "deep"}
    assert alone == {"pass"}


# Layers inside a net that is too blunt

# So deep that in float32 rounding may move the gradient of a bias by seven times itself
HIDDEN = Spec("hidden", (6,), [*(Dense(6), BatchNorm(), ReLU()) * 38, Dense(2)])


class Doubles(Wrapped):
    """Doubles the gradient of a bias when it trains deep nets in float32."""

    def doubled(self, step: Step, spec: Spec, train: bool) -> Step:
        if not train or len(spec.layers) < 9 or step.output.dtype != np.float32:
            return step
        grads = {p: g * (1 + (p == "1.bias")) for p, g in step.grad_params.items()}
        return replace(step, grad_params=grads)

    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        step = super().step(model, spec, *given, **how)
        return self.doubled(step, spec, how["train"])


class DoublesUntraced(Doubles, Untraced):
    """Cannot show what it does inside a net."""


class DoublesAlways(Doubles):
    """Shows what it does inside a net."""

    def trace(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Trace:
        traced: Trace = self.inner.trace(model, spec, *given, **how)  # type: ignore[attr-defined]
        return replace(traced, step=self.doubled(traced.step, spec, how["train"]))


@pytest.mark.parametrize(
    ("kind", "word", "reason"),
    [
        (Wrapped, "PASSED", "right on what the layer itself was given"),
        (Doubles, "UNDECIDED", "too blunt"),
        (DoublesUntraced, "UNDECIDED", "too blunt"),
        (DoublesAlways, "FAILED", "wrong inside the net"),
    ],
)
def test_a_gross_mistake_that_rounding_hides_is_seen_inside_the_net(
    kind: type[Wrapped], word: str, reason: str
) -> None:
    report = conform(HIDDEN, kind("numpy"), checks="gradients")
    hidden = {"spec": "hidden", "dtype": "float32", "what": "training: grad 1.bias"}
    (row,) = report.select(**hidden)
    assert reason in row.verdict.reason
    assert report.verdict == word


@pytest.mark.slow
@pytest.mark.parametrize("framework", ["torch", "gluon", "jax"])
def test_frameworks_show_what_is_inside_a_net(framework: str) -> None:
    if not netspec.backends()[framework].installed:
        pytest.skip(f"{framework} is not installed")
    report = conform(BLUNT, framework, checks="gradients")
    assert report.verdict == "PASSED"
    reasons = {row.verdict.reason for row in report.rows}
    assert any("right on what the layer itself was given" in r for r in reasons)


def test_inside_containers_layers_read_what_their_chain_gives() -> None:
    body = Residual([Dense(8), BatchNorm(), ReLU()], shortcut=[Dense(8)])
    spec = Spec("residual", (8,), [Sequential([*BLOCK * 30, body]), Dense(2)])
    report = conform(spec, "numpy", checks=("gradients", "state", "outputs"))
    assert report.verdict == "PASSED"
    reasons = {r.verdict.reason for r in report.rows if r.verdict.status == "weak"}
    assert any("right on what the layer itself was given" in r for r in reasons)
