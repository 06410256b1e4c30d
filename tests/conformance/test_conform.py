"""A conformance run as a whole: what it covers and what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import netspec
from netspec import (
    BackendError,
    BatchNorm,
    Dense,
    Dropout,
    Flatten,
    Layer,
    LayerNorm,
    NetspecError,
    ReLU,
    Spec,
)
from netspec.conformance import Subject, conform
from netspec.conformance.checks import CHECKS
from netspec.contract import Step
from tests.conformance.models import CNN, MLP, STEP
from tests.conformance.wrapped import Wrapped


def test_a_sound_backend_passes_every_check() -> None:
    report = conform(MLP, ["numpy", "torch"])
    assert report.passed, "\n".join(map(str, report.bad))
    assert {row.check for row in report.rows} == set(CHECKS) - {"trained"}
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
        ({"backends": [3]}, "objects with a name; received 3"),
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


def test_a_backend_given_twice_runs_once() -> None:
    twice = conform(MLP, ["numpy", "numpy"], "float32", "outputs")
    assert twice.rows == conform(MLP, "numpy", "float32", "outputs").rows


def test_a_spec_given_twice_runs_once() -> None:
    once, twice = (conform([MLP] * n, "numpy", "float32", "outputs") for n in (1, 2))
    assert once.rows == twice.rows


@pytest.mark.parametrize("layer", [Dropout(0.3), Flatten(), ReLU()], ids=str)
def test_a_model_without_parameters_has_no_dtype_to_insist_on(layer: Layer) -> None:
    report = conform(Spec("bare", (4,), [layer]), ["numpy", "torch"], checks="errors")
    assert report.passed, "\n".join(map(str, report.bad))


def test_subjects_share_one_case() -> None:
    torch, numpy = (
        Subject(netspec.backend(n), MLP, "float32") for n in ("torch", "numpy")
    )
    assert torch.case(True) is numpy.case(True)


class Layerwise(Wrapped):
    """Builds single layers, and no net."""

    def compile(self, spec: Spec, **how: Any) -> Any:
        if len(spec.layers) > 1:
            raise BackendError("one layer at most")
        return super().compile(spec, **how)


def test_a_net_that_could_not_be_built_is_undecided_though_its_layers_pass() -> None:
    report = conform(MLP, Layerwise("numpy"), "float64", STEP)
    assert report.verdict == "UNDECIDED"
    assert not report.passed
    assert {row.spec for row in report.bad} == {"mlp"}
    assert {row.verdict.status for row in report.bad} == {"refused"}
    assert not report.unproved


class ForwardOnly(Wrapped):
    """Cannot differentiate in training mode."""

    def step(self, *given: Any, **how: Any) -> Step:
        if how["train"]:
            raise BackendError("no gradients in training")
        return super().step(*given, **how)


def test_a_mode_that_was_refused_is_undecided() -> None:
    report = conform(MLP, ForwardOnly("numpy"), "float64", ("outputs", "gradients"))
    assert report.verdict == "UNDECIDED"
    assert {row.what for row in report.bad} == {"training: step"}
    assert any(row.what == "evaluation: output" for row in report.rows)


def test_an_ability_that_is_not_offered_changes_nothing() -> None:
    class Plain(Wrapped):
        def __getattr__(self, name: str) -> Any:
            raise AttributeError(name)

    report = conform(MLP, Plain("numpy"), "float64", ("outputs", "source", "training"))
    assert report.verdict == "PASSED"
    reasons = {r.verdict.reason for r in report.rows if not r.verdict.good}
    assert reasons == {"the backend has no 'observer'", "the backend has no 'train'"}


def test_nothing_is_said_of_what_the_reference_itself_lacks() -> None:
    report = conform(MLP, "numpy", "float64", ("outputs", "source"))
    assert {row.check for row in report.rows} == {"outputs"}


def test_a_quick_look_runs_three_checks_in_float32_compiled_quickly() -> None:
    class Quick(Wrapped):
        depth, least = 0, 1

        @contextmanager
        def quick(self) -> Iterator[None]:
            Quick.depth += 1
            yield
            Quick.depth -= 1

        def compile(self, spec: Spec, **how: Any) -> Any:
            Quick.least = min(self.depth, self.least)
            return super().compile(spec, **how)

    report = conform(MLP, Quick(), quick=True)
    assert report.quick
    assert report.verdict == "PASSED"
    assert {row.dtype for row in report.rows} == {"float32"}
    checks = {row.check for row in report.rows}
    assert checks == {"outputs", "gradients", "source"}
    assert Quick.least == 1
    chosen = conform(MLP, "numpy", "float64", "state", quick=True)
    assert {(row.dtype, row.check) for row in chosen.rows} == {("float64", "state")}


@pytest.mark.skipif(not netspec.backends()["gluon"].installed, reason="no Gluon")
def test_a_declared_verdict_names_what_moved_this_tensor_alone() -> None:
    spec = Spec("norms", (4,), [BatchNorm(), LayerNorm(), Dense(2)])
    report = conform(spec, "gluon", "float64", ("state", "outputs"))
    named = {r.what: r.verdict.conventions for r in report.rows if r.spec == "norms"}
    decay, eps = "float32_scalars: BatchNorm.decay", "float32_scalars: LayerNorm.eps"
    assert named["training: state 0.running_mean"] == (decay,)
    assert named["training: output"] == (eps,)
    assert named["evaluation: state 0.running_mean"] == ()


class Counting(Wrapped):
    """Counts the models that it compiles."""

    compiled = 0

    def compile(self, spec: Spec, **how: Any) -> Any:
        self.compiled += 1
        return super().compile(spec, **how)


@pytest.mark.parametrize(("layer", "models"), [(Dense(3), 1), (BatchNorm(), 2)])
def test_both_modes_have_one_model_unless_a_step_moves_it(
    layer: Layer, models: int
) -> None:
    backend = Counting("numpy")
    subject = Subject(backend, Spec("one", (4,), [layer]), "float64", alone=True)
    assert subject.agreement(train=False).passed
    assert subject.agreement(train=True).passed
    assert backend.compiled == models
