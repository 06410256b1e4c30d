"""A conformance run as a whole: what it covers and what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import netspec
from netspec import Dropout, Flatten, Layer, NetspecError, ReLU, Spec
from netspec.conformance import Subject, conform
from netspec.conformance.checks import CHECKS
from tests.conformance.models import CNN, MLP, STEP


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
