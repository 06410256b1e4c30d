"""Backends that misbehave: each way is a verdict, and the run goes on."""

from __future__ import annotations

import signal
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from netspec import (
    BatchNorm,
    Constant,
    Dense,
    Dropout,
    InitPolicy,
    ReLU,
    Residual,
    Spec,
)
from netspec.conformance import Subject, conform
from netspec.conformance import _subject as subject
from netspec.conformance.cases import draw_case
from netspec.conformance.checks import CHECKS
from netspec.conformance.judging import forecast
from netspec.contract import Array, Step
from tests.conformance.models import MLP, STEP
from tests.conformance.wrapped import Misreading, Wrapped
from tests.interrupts import handled


class Raises(Wrapped):
    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        raise RuntimeError("out of luck")


class Exits(Wrapped):
    def compile(self, spec: Spec, **how: Any) -> Any:
        sys.exit(3)


class WrongShape(Wrapped):
    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        step = super().step(model, spec, *given, **how)
        return replace(step, output=step.output[:-1])


class WrongDtype(Wrapped):
    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        step = super().step(model, spec, *given, **how)
        return replace(step, output=step.output.astype(np.float16))


class NotAnArray(Wrapped):
    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        step = super().step(model, spec, *given, **how)
        output: Any = step.output.tolist()
        return replace(step, output=output)


class NaN(Wrapped):
    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        step = super().step(model, spec, *given, **how)
        return replace(step, output=np.full_like(step.output, np.nan))


class Forgets(Wrapped):
    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        step = super().step(model, spec, *given, **how)
        return replace(step, grad_params={})


class View(Wrapped):
    def forward(self, model: Any, spec: Spec, x: Array, **how: Any) -> Array:
        output = super().forward(model, spec, x, **how)
        held: Array = self.__dict__.setdefault("held", output)
        held[:] = output
        return held


HOSTILE = {
    Raises: "raised RuntimeError: out of luck",
    Exits: "raised SystemExit: 3",
    WrongShape: "shape",
    WrongDtype: "dtype float16, the model has",
    NotAnArray: "list where a NumPy array is expected",
    NaN: "NaN or infinity on one side only",
    Forgets: "missing",
    View: "a view that a later call writes to",
}


@pytest.mark.parametrize(("kind", "reason"), HOSTILE.items(), ids=str)
def test_a_backend_that_misbehaves_is_a_verdict(
    kind: type[Wrapped], reason: str
) -> None:
    report = conform(MLP, [kind(), "numpy"], "float32", STEP)
    assert not report.passed
    assert report.complete
    assert {row.backend for row in report.bad} == {"wrapped torch"}
    assert any(reason in row.verdict.reason for row in report.bad), report.bad
    assert kind is View or report.divergences


class Interrupted(Wrapped):
    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        raise KeyboardInterrupt


def test_ctrl_c_leaves_a_partial_report() -> None:
    report = conform(MLP, ["numpy", Interrupted()], "float32", "outputs")
    assert not report.complete
    assert not report.passed
    assert report.rows


class Finalizer:
    """Sends this process a signal when it is no longer needed."""

    def __init__(self, number: signal.Signals) -> None:
        self.number = number

    def __del__(self) -> None:
        signal.raise_signal(self.number)


class InterruptedInFinalizers(Wrapped):
    number = signal.SIGINT

    def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
        Finalizer(self.number)
        return self.inner.step(model, spec, *given, **how)


# Python drops what is raised there, and says so
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_in_a_finalizer_is_not_lost(number: signal.Signals) -> None:
    backend = InterruptedInFinalizers("numpy")
    backend.number = number
    with handled(number):
        report = conform(MLP, backend, "float32", "outputs")
    assert not report.complete


def test_a_constant_kernel_hides_no_bug() -> None:
    class Backwards(Wrapped):
        """Reads its input from the last feature to the first."""

        def step(
            self, model: Any, spec: Spec, x: Array, *given: Any, **how: Any
        ) -> Any:
            x, *rest = given
            return super().step(model, spec, x[:, ::-1].copy(), *rest, **how)

    spec = Spec("ones", (5,), [Dense(3)], InitPolicy(Constant(0.5)))
    assert conform(spec, Backwards(), "float64", "outputs").bad


def test_what_a_backend_cannot_build_is_refused() -> None:
    norm = Spec("norm", (5,), [BatchNorm(running_variance="unbiased")])
    backend = Misreading(lambda layer: layer, "torch")
    pytest.importorskip("netspec_gluon", reason="MXNet has no wheel for this system")
    report = conform(norm, ["gluon", backend], "float64", "outputs")
    refused = report.select(backend="gluon")
    assert {row.verdict.status for row in refused} == {"refused"}
    assert all("biased" in row.verdict.reason for row in refused)
    assert report.unproved == ["gluon"]
    assert not report.passed


def test_a_long_message_of_a_backend_is_cut() -> None:
    report = conform(MLP, Wrong(), "float32", "outputs")
    reasons = {row.verdict.reason for row in report.bad}
    assert reasons
    assert all("\n" not in reason and len(reason) < 400 for reason in reasons)


class Wrong(Wrapped):
    """Says much where it is asked for a step."""

    def step(self, *given: Any, **how: Any) -> Any:
        raise RuntimeError("first line " + "word " * 1000 + "\nsecond line")


# Exported files


class Exports(Wrapped):
    """Exports a file in which one text stands for another."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__()
        self.old, self.new = old, new

    def source(self, spec: Spec, **how: Any) -> str:
        return super().source(spec, **how).replace(self.old, self.new)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("nn.ReLU()", "nn.Tanh()", "off by up to"),
        ("eps=0.001", "eps=0.0011", "off by up to"),
        ("nn.Dropout(0.2)", "nn.Dropout(0.3)", "off by up to"),
        ("nn.Dropout(0.2)", "nn.Identity()", "off by up to"),
        ("import torch", "import torch, netspec", "must not need netspec"),
        ("import torch", "import os, torch; os._exit(3)", "the process ended with 3"),
        ("import torch", "import torch; 1 / 0", "ZeroDivisionError"),
        ("def build", "def built", "KeyError: 'build'"),
    ],
)
def test_an_exported_file_that_is_wrong_is_seen(
    old: str, new: str, reason: str
) -> None:
    spec = Spec("net", (6,), [Dense(5), BatchNorm(eps=1e-3), ReLU(), Dropout(0.2)])
    report = conform(spec, Exports(old, new), "float32", "source")
    assert report.bad
    assert all(reason in row.verdict.reason for row in report.bad)


@pytest.mark.parametrize("kind", [NaN, WrongShape, Forgets])
def test_a_kink_does_not_hide_what_is_malformed(
    kind: type[Wrapped], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = Spec("sum", (6,), [Residual([Dense(6)]), ReLU(), Dense(2)])
    case = draw_case(spec, train=False, dtype="float32")
    before = case.x + case.x @ case.params["0.body.0.weight"].T
    case.params["0.body.0.bias"][:] = -before[0]
    monkeypatch.setattr(Subject, "case", lambda *_: case)
    monkeypatch.setattr(subject, "_forecast", lambda *_: forecast(case))
    rows = list(CHECKS["gradients"](Subject(kind(), spec, "float32")))
    rows += CHECKS["outputs"](Subject(kind(), spec, "float32", alone=True))
    failed = [verdict for _, verdict in rows if verdict.status == "fail"]
    assert failed
    assert HOSTILE[kind] in failed[0].reason
