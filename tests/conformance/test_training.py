"""The check of training: sound backends pass, and conventions are declared."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import netspec
from netspec import BatchNorm, Dense, Dropout, ReLU, Residual, Spec
from netspec import layers as nl
from netspec.conformance.trajectories import _replicas as replicas
from netspec.conformance.trajectories import exact, expected, trajectories
from netspec.contract import Numerics
from tests.conformance.courses import (
    FRAMEWORKS,
    RECIPES,
    SMALL,
    check,
    failures,
    recipe,
)
from tests.conformance.wrapped import Wrapped

PLANE = Spec(
    "plane",
    (2, 5, 4),
    [nl.Conv2D(4, kernel_size=3, padding="same"), nl.BatchNorm(), nl.MaxPool2D(2)],
)
WORDS = Spec("words", (4,), [nl.Embedding(7, dim=3), nl.Dense(2)], input_dtype="int")

dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])


@pytest.mark.parametrize("name", FRAMEWORKS)
@dtypes
def test_backends_train_as_the_reference(name: str, dtype: str) -> None:
    report = check(name, SMALL, dtype)
    assert report.passed, report.bad
    assert set(report.counts) <= {"pass", "declared"}
    state = {"losses", "1.running_mean", "1.running_var"}
    wanted = {*SMALL.parameters()} | state
    for shown in RECIPES:
        whats = [row.what for row in report.rows if recipe(row.what) == shown]
        assert {what.rpartition(" ")[2] for what in whats} == wanted


@pytest.mark.slow
@pytest.mark.parametrize("name", FRAMEWORKS)
@pytest.mark.parametrize("spec", [PLANE, WORDS], ids=["plane", "words"])
@dtypes
def test_other_models_train_as_the_reference(name: str, spec: Spec, dtype: str) -> None:
    report = check(name, spec, dtype)
    assert report.passed, report.bad
    assert {row.what.split()[-2] for row in report.rows} == {"mse:"}


def test_dropout_is_off_and_what_cannot_learn_is_left_out() -> None:
    dropped = replace(SMALL, layers=[*SMALL.layers, Dropout(0.5)])
    assert check("torch", dropped).passed
    assert check("torch", Spec("fixed", (3,), [ReLU()])).rows == []


# Conventions


@dtypes
def test_conventions_of_gluon_are_declared(dtype: str) -> None:
    rows = [r for r in check("gluon", SMALL, dtype).rows if r.what.endswith("4.weight")]
    rests_on = {
        recipe(row.what): {name.partition(":")[0] for name in row.verdict.conventions}
        for row in rows
    }
    assert "velocity_holds_rate" in rests_on["momentum"]
    assert "adam_eps" in rests_on["adam"]
    assert rests_on["sgd"] == set()
    narrow = {"float32_scalars"} if dtype == "float64" else set()
    assert rests_on["weight decay"] == narrow


class Declaring(Wrapped):
    """A backend that declares other ways than it has."""

    def __init__(self, name: str, **fields: Any) -> None:
        super().__init__(name)
        declared: Numerics = self.inner.numerics  # type: ignore[attr-defined]
        self.numerics = replace(declared, **fields)


@pytest.mark.parametrize(
    ("name", "numerics", "shown"),
    [
        ("gluon", {"velocity_holds_rate": False}, {"momentum"}),
        ("gluon", {"adam_eps": "corrected"}, {"adam"}),
        ("gluon", {"float32_scalars": frozenset()}, RECIPES),
        ("torch", {"velocity_holds_rate": True}, {"momentum"}),
        ("torch", {"adam_eps": "raw"}, {"adam"}),
    ],
)
def test_a_false_declaration_is_seen(
    name: str, numerics: dict[str, Any], shown: set[str]
) -> None:
    assert failures(check(Declaring(name, **numerics))) == shown


# What cannot be decided or done


def test_a_backend_that_cannot_train_is_unsupported() -> None:
    class Idle(Wrapped):
        def __getattr__(self, name: str) -> Any:
            if name == "train":
                raise AttributeError(name)
            return super().__getattr__(name)

    (row,) = check(Idle("numpy")).rows
    assert row.verdict.status == "unsupported"


def test_jax_without_optax_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    netspec.backend("jax")
    monkeypatch.delitem(sys.modules, "netspec_jax._training", raising=False)
    monkeypatch.setitem(sys.modules, "optax", None)
    (row,) = check("jax").rows
    assert row.verdict.status == "refused"
    assert "pip install optax" in row.verdict.reason


@pytest.mark.parametrize("center", [False, True])
def test_gluon_does_not_learn_statistics_before_what_is_trained(center: bool) -> None:
    first = BatchNorm(scale=False, center=center)
    spec = Spec("first", (4,), [Residual([first]), Dense(2)])
    rows = check("gluon", spec).rows
    assert {row.verdict.status for row in rows} <= (
        {"pass", "declared"} if center else {"refused"}
    )


def test_models_too_large_for_the_reference_are_unsupported() -> None:
    (row,) = check("torch", Spec("large", (2**12,), [Dense(2**12)])).rows
    assert row.verdict.status == "unsupported"


def test_units_on_a_kink_are_inconclusive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        replicas, "contested", lambda made, sigma, dtype: np.ones_like(made.x, bool)
    )
    unseen = replace(SMALL, name="never seen before")
    report = check("numpy", unseen)
    assert set(report.counts) == {"inconclusive"}
    assert not report.passed


def test_rounding_acts_in_proportion(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is measured at float32 holds for float64: not by chance, at any u."""
    coarse = trajectories.__wrapped__(SMALL, 0, 4)
    monkeypatch.setattr(replicas, "UNIT", 2.0**-36)
    fine = trajectories.__wrapped__(SMALL, 0, 4)
    for one, other in zip(coarse, fine, strict=True):
        assert np.array_equal(one.xs, other.xs)
        for tensor, spread in one.spread.items():
            assert spread == pytest.approx(other.spread[tensor], rel=0.01)


def test_a_convention_leaves_rounding_as_it_is() -> None:
    for course in trajectories(SMALL, 0, 4):
        neutral = expected(course, Numerics(), "float32")
        for way in replicas.ways(course.recipe.optimizer):
            moved = expected(course, way, "float32")
            assert {n: e.spread for n, e in moved.items()} == {
                n: e.spread for n, e in neutral.items()
            }


def test_exact_trajectories_are_shared() -> None:
    (course, *_) = trajectories(SMALL, 0, 4)
    assert exact(course, Numerics()) is exact(course, Numerics())
