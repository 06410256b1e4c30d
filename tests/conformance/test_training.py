"""The check of training: sound backends pass, and conventions are declared."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netspec
from netspec import (
    BatchNorm,
    Dense,
    Dropout,
    InitPolicy,
    Normal,
    ReLU,
    Residual,
    Spec,
)
from netspec import layers as nl
from netspec.conformance.checks import _training as training
from netspec.conformance.training import _predict as predict
from netspec.conformance.training import _team as team
from netspec.contract import Numerics
from tests.conformance.trained import (
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
SPECS = Path(__file__).parents[2] / "examples" / "specs"
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
        found = {what.rpartition(" ")[2] for what in whats}
        assert found - {"unwatched"} == wanted


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
    for name in ("netspec_jax._training", "netspec_jax.training"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "optax", None)
    (row,) = check("jax").rows
    assert row.verdict.status == "refused"
    assert "pip install optax" in row.verdict.reason


@pytest.mark.parametrize("center", [False, True])
def test_gluon_learns_statistics_before_what_is_trained(center: bool) -> None:
    first = BatchNorm(scale=False, center=center)
    spec = Spec("first", (4,), [Residual([first]), Dense(2)])
    rows = check("gluon", spec).rows
    assert {row.verdict.status for row in rows} <= {"pass", "declared"}


def test_a_backend_that_cannot_be_watched_is_unsupported() -> None:
    class Unwatched(Wrapped):
        def train(self, *given: Any, seed: int | None = None) -> Any:
            raise AssertionError

    (row,) = check(Unwatched("numpy")).rows
    assert row.verdict.status == "unsupported"
    assert "watch=" in row.verdict.reason


def test_long_steps_are_fewer_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PRODUCTS", 1)
    rows = check("numpy").rows
    assert {row.verdict.status for row in rows} == {"pass"}
    assert {row.what.split(", ")[2].partition(":")[0] for row in rows} == {"3 steps"}


@pytest.mark.parametrize("roundoff", [2.0**-28, 2.0**-44])
def test_rounding_acts_in_proportion(
    roundoff: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is measured at one roundoff holds at another: not by chance, at any."""
    usual = {row.what: row.verdict.allowed for row in check("numpy").rows}
    monkeypatch.setattr(predict, "UNIT", roundoff)
    monkeypatch.setattr(team, "UNIT", roundoff)
    for row in check("numpy").rows:
        assert row.verdict.allowed == pytest.approx(usual[row.what], rel=0.01)


@pytest.mark.parametrize("check_name", ["training", "outputs"])
def test_what_does_not_fit_into_memory_is_refused_before_it_begins(
    check_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = Spec("large", (2**8,), [Dense(2**8)])
    held = 3 * 8 * 2**16  # three times the parameters, in float64
    monkeypatch.setattr("netspec._system._memory._physical_memory", lambda: held)
    monkeypatch.setattr("netspec.conformance._subject.draw_case", None)
    monkeypatch.setattr("netspec.conformance._subject.draw_single", None)
    for row in netspec.conform(spec, "numpy", "float64", check_name).rows:
        assert row.verdict.status == "refused"
        assert "65,792 parameters" in row.verdict.reason
        assert "give it a narrower model" in row.verdict.reason


# Nets that a free run would part from, or that have units on a kink

BLOCKS = [
    layer
    for channels in (6, 16)
    for layer in (
        *(nl.Conv2D(channels, kernel_size=5), nl.ReLU()),
        *(nl.BatchNorm(eps=1e-3), nl.MaxPool2D(2)),
    )
]
CHAOTIC = Spec(
    "chaotic",
    (1, 16, 16),
    [*BLOCKS, nl.Flatten(), Dense(32), ReLU(), BatchNorm(), Dense(10)],
)


@pytest.mark.parametrize("name", ["numpy", "torch", "gluon"])
def test_a_chaotic_net_is_decided(name: str) -> None:
    report = netspec.conform(CHAOTIC, name, ["float64", "float32"], "training")
    assert report.verdict == "PASSED", report.bad


def test_statistics_of_a_batch_are_those_of_enough_values() -> None:
    """Two values, normalized, are +1 and -1 whatever they were."""
    blocks = [Dense(8), BatchNorm(), ReLU()] * 8
    layers = [nl.AvgPool2D(8), nl.Flatten(), *blocks, Dense(3)]
    spec = Spec("few", (1, 33, 33), layers)
    report = netspec.conform(spec, "numpy", ["float64", "float32"], "training")
    assert report.verdict == "PASSED", report.bad[:3]


def test_a_net_that_begins_quietly_is_sharp() -> None:
    """A law for wide layers leaves nothing of the gradients of narrow ones."""
    layers = [*[Dense(8), ReLU()] * 5, Dense(3)]
    spec = Spec("quiet", (8,), layers, InitPolicy(Normal(0.01)))
    report = netspec.conform(spec, "numpy", ["float64", "float32"], "training")
    assert set(report.counts) == {"pass"}, report.counts


def deep(width: int) -> Spec:
    block = [Dense(width, bias=False), ReLU()]
    return Spec("deep", (width,), block * 100, "he")


def test_a_deep_net_stays_in_range() -> None:
    report = check("numpy", deep(16), "float32")
    assert set(report.counts) <= {"pass", "weak", "inconclusive"}
    assert report.counts["pass"] > 300


@pytest.mark.parametrize(
    ("width", "blocks", "seed", "why"),
    [(16, 100, 5, "most rates let it explode"), (8, 30, 2, "dead at the first batch")],
)
def test_a_deep_net_is_decided(width: int, blocks: int, seed: int, why: str) -> None:
    block = [Dense(width, bias=False), ReLU()]
    spec = Spec("deep", (width,), block * blocks, "he")
    report = netspec.conform(spec, "numpy", checks="training", seed=seed)
    assert report.verdict == "PASSED", why


def test_where_the_reference_overflows_too_nothing_is_decided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("netspec.conformance.training._run.GROWTH", math.inf)
    with np.errstate(all="ignore"):
        report = check("numpy", replace(deep(16), name="overflowing"), "float32")
    assert "fail" not in report.counts
    reasons = {row.verdict.reason for row in report.bad}
    assert any("too large for float32" in reason for reason in reasons)


def test_a_net_with_units_on_kinks_is_decided() -> None:
    spec = netspec.load(SPECS / "residual_cnn.yaml")
    checks = ["outputs", "gradients", "state", "training"]
    report = netspec.conform(spec, "torch", ["float64", "float32"], checks)
    assert report.verdict == "PASSED", report.bad
    weak = [row for row in report.rows if row.verdict.status == "weak"]
    assert len(weak) <= 0.05 * len(report.rows)


def test_a_declared_update_names_what_moved_it() -> None:
    if not netspec.backends()["gluon"].installed:
        pytest.skip("gluon is not installed")
    spec = Spec("norms", (6,), [Dense(5), BatchNorm(), Dense(3)])
    rows = netspec.conform(spec, "gluon", "float64", "training").rows
    scalars = {name for row in rows for name in row.verdict.conventions if ":" in name}
    assert {name.partition(": ")[2].split(".")[0] for name in scalars} == {
        "BatchNorm",
        "Optimizer",
    }
    assert not [row for row in rows if "float32_scalars" in row.verdict.conventions]
