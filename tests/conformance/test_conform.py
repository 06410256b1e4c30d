"""A conformance run as a whole: what it covers, what it says, and what it survives."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netspec
from netspec import (
    BatchNorm,
    Constant,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    InitPolicy,
    InitRule,
    Layer,
    LeakyReLU,
    MaxPool2D,
    NetspecError,
    Normal,
    ReLU,
    Residual,
    Spec,
)
from netspec.backend import Array, Step
from netspec.conformance import CHECKS, agree, conform, draw_case, forecast, subject
from netspec.conformance.subject import Subject
from tests.conformance.wrapped import Misreading, Wrapped

MLP = Spec("mlp", (6,), [Dense(5), BatchNorm(), ReLU(), Dropout(0.2), Dense(3)])
STEP = ("outputs", "gradients", "state")
CNN = Spec(
    "cnn",
    (2, 9, 8),
    [
        *(Conv2D(4, kernel_size=3), BatchNorm(), ReLU()),
        Residual([Conv2D(4, kernel_size=3, padding=1, name="conv"), LeakyReLU()]),
        *(MaxPool2D(2), Flatten(), Dense(5)),
    ],
)


def test_a_sound_backend_passes_every_check() -> None:
    report = conform(MLP, ["numpy", "torch"])
    assert report.passed, "\n".join(map(str, report.bad))
    assert {row.check for row in report.rows} == set(CHECKS)
    assert {row.dtype for row in report.rows} == {"float32", "float64"}
    alone = [row for row in report.rows if row.spec == "BatchNorm on 5"]
    assert {row.check for row in alone} == set(STEP)


def test_a_convention_is_declared_and_not_a_plain_pass() -> None:
    report = conform(MLP, "torch", checks="state")
    declared = [row for row in report.rows if row.verdict.status == "declared"]
    assert {row.what for row in declared} >= {"training: state 1.running_var"}
    assert {row.verdict.conventions for row in declared} == {("running_variance",)}


def test_json_says_all() -> None:
    report = conform(MLP, "torch", "float64", "outputs")
    document = json.loads(report.to_json())
    assert document["passed"] is True
    assert len(document["rows"]) == len(report.rows)
    assert document["environment"]["numpy"] == np.__version__


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ({"specs": []}, "nothing to run"),
        ({"specs": [3]}, "specs must be Specs"),
        ({"backends": []}, "nothing to run"),
        ({"backends": "torhc"}, "torch"),
        ({"dtypes": "float16"}, "float32"),
        ({"checks": "output"}, "outputs"),
        ({"seed": -1}, "seed"),
        ({"specs": [MLP, replace(CNN, name="mlp")]}, "two specs are named 'mlp'"),
        ({"isolate": True, "backends": "torhc"}, "torch"),
        ({"isolate": True, "timeout": float("inf")}, "timeout must be"),
        ({"isolate": True, "timeout": float("nan")}, "timeout must be"),
        ({"isolate": True, "timeout": 0}, "timeout must be"),
    ],
)
def test_bad_arguments_are_refused(wanted: dict[str, Any], problem: str) -> None:
    arguments: dict[str, Any] = {"specs": MLP, "backends": "numpy"}
    with pytest.raises(NetspecError, match=problem):
        conform(**{**arguments, **wanted})


def test_a_spec_given_twice_runs_once() -> None:
    once, twice = (conform([MLP] * n, "numpy", "float32", "outputs") for n in (1, 2))
    assert once.rows == twice.rows


@pytest.mark.parametrize("layer", [Dropout(0.3), Flatten(), ReLU()], ids=str)
def test_a_model_without_parameters_has_no_dtype_to_insist_on(layer: Layer) -> None:
    report = conform(Spec("bare", (4,), [layer]), ["numpy", "torch"], checks="errors")
    assert report.passed, "\n".join(map(str, report.bad))


# A backend that misbehaves is a verdict


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


def test_what_a_backend_cannot_do_is_unsupported() -> None:
    norm = Spec("norm", (5,), [BatchNorm(running_variance="unbiased")])
    backend = Misreading(lambda layer: layer, "torch")
    pytest.importorskip("netspec_gluon", reason="MXNet has no wheel for this system")
    report = conform(norm, ["gluon", backend], "float64", "outputs")
    refused = report.select(backend="gluon")
    assert {row.verdict.status for row in refused} == {"unsupported"}
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


# Localisation


def leaky(layer: Layer) -> Layer:
    return replace(layer, slope=0.0101) if isinstance(layer, LeakyReLU) else layer


def halved(layer: Layer) -> Layer:
    return replace(layer, eps=2e-5) if isinstance(layer, BatchNorm) else layer


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_first_divergent_layer_is_named(dtype: str) -> None:
    report = conform(CNN, Misreading(leaky), dtype, STEP)
    (found,) = (d for d in report.divergences if d.spec == "cnn")
    assert all("3.body.1 LeakyReLU" in suspect for suspect in found.suspects)
    assert {s.partition(":")[0] for s in found.suspects} == {"forward", "backward"}


def test_a_container_that_joins_wrongly_is_named_itself() -> None:
    class Join(Wrapped):
        def step(self, model: Any, spec: Spec, *given: Any, **how: Any) -> Step:
            step = super().step(model, spec, *given, **how)
            joins = any(isinstance(layer, Residual) for layer in spec.layers)
            return replace(step, output=step.output * 1.01) if joins else step

    report = conform(CNN, Join(), "float64", "outputs")
    (found,) = report.divergences
    assert found.suspects[0].startswith("forward: diverges at 3 Residual")


def test_rules_by_path_stay_with_the_whole_net() -> None:
    policy = InitPolicy(rules=[InitRule("1.body.0.weight", Normal(0.5))])
    body = Residual([Dense(4), LeakyReLU()])
    spec = Spec("ruled", (4,), [Dense(4), body, Dense(2)], policy)
    report = conform(spec, Misreading(leaky), "float64", "outputs")
    assert all("LeakyReLU" in row.spec or row.spec == "ruled" for row in report.bad)
    (found,) = (d for d in report.divergences if d.spec == "ruled")
    assert all("1.body.1 LeakyReLU" in suspect for suspect in found.suspects)


MINE = """
from dataclasses import replace
import netspec_torch

class Mine(type(netspec_torch.backend)):
    name = "mine"

    def step(self, *arguments, **how):
        step = super().step(*arguments, **how)
        return replace(step, output=step.output + 0.01)
"""


def test_a_script_shows_the_failure_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.py").write_text(MINE)
    monkeypatch.syspath_prepend(tmp_path)
    report = conform(MLP, import_module("mine").Mine(), "float64", "outputs")
    for found in report.divergences:
        assert len(found.script.splitlines()) <= 30
    script = tmp_path / "again.py"
    script.write_text(found.script)
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=True
    )
    assert "output: fail" in done.stdout
    assert "grad 0.weight: pass" in done.stdout


# Units on a kink


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


def test_subjects_share_one_case() -> None:
    torch, numpy = (
        Subject(netspec.backend(n), MLP, "float32") for n in ("torch", "numpy")
    )
    assert torch.case(True) is numpy.case(True)
