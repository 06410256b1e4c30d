"""The check of training: sound backends pass, every mistake fails where it shows."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

import netspec
import netspec_torch.training as of_torch
from netspec import BatchNorm, Dense, Dropout, ReLU, Residual, Spec
from netspec import layers as nl
from netspec.backend import Backend, Numerics
from netspec.conformance import Report, cohort
from netspec.conformance.course import courses, exact, expected
from netspec.errors import InputError, NetspecError
from netspec.training import Optimizer, Trained
from tests.conformance.wrapped import Wrapped

SMALL = Spec(
    "small",
    (6,),
    [Dense(8), BatchNorm(), ReLU(), Residual([Dense(8), ReLU()]), Dense(3)],
)
PLANE = Spec(
    "plane",
    (2, 5, 4),
    [nl.Conv2D(4, kernel_size=3, padding="same"), nl.BatchNorm(), nl.MaxPool2D(2)],
)
WORDS = Spec("words", (4,), [nl.Embedding(7, dim=3), nl.Dense(2)], input_dtype="int")

FRAMEWORKS = ["numpy", "torch", "gluon", "jax"]
RECIPES = {"sgd", "momentum", "weight decay", "adam"}

dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])


def check(backend: str | Backend, spec: Spec = SMALL, dtype: str = "float64") -> Report:
    return netspec.conform(spec, backend, dtype, "training")


def recipe(what: str) -> str:
    return what.partition(",")[0]


def failures(report: Report) -> set[str]:
    """The recipes with a tensor that failed."""
    return {recipe(row.what) for row in report.rows if row.verdict.status == "fail"}


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


# Mistakes in the optimizers of PyTorch, and the recipes that show them

Params = Iterable[nn.Parameter]
Make = Callable[[Optimizer, Params], torch.optim.Optimizer]

sound: Make = of_torch.to_torch


def changed(**fields: Any) -> Make:
    return lambda optimizer, params: sound(replace(optimizer, **fields), params)


def undecayed_biases(optimizer: Optimizer, params: Params) -> torch.optim.Optimizer:
    made = sound(optimizer, params)
    every = made.param_groups[0]["params"]
    made.param_groups[0]["params"] = [p for p in every if p.ndim > 1]
    made.add_param_group(
        {"params": [p for p in every if p.ndim == 1], "weight_decay": 0.0}
    )
    return made


def configured(**options: Any) -> Make:
    """With other options of PyTorch's own."""

    def make(optimizer: Optimizer, params: Params) -> torch.optim.Optimizer:
        made = sound(optimizer, params)
        for group in made.param_groups:
            group.update({k: v for k, v in options.items() if k in group})
        return made

    return make


def each_step(change: Callable[[dict[str, Any], int], None]) -> Make:
    """With options that change before every step."""

    def make(optimizer: Optimizer, params: Params) -> torch.optim.Optimizer:
        made, count = sound(optimizer, params), Counter[str]()

        def before(own: torch.optim.Optimizer, *_: Any) -> None:
            count["step"] += 1
            change(own.param_groups[0], count["step"])

        made.register_step_pre_hook(before)
        return made

    return make


def faster(group: dict[str, Any], step: int) -> None:
    group["lr"] *= 1.01


def raw_eps(group: dict[str, Any], step: int) -> None:
    if "betas" in group:
        root = (1 - group["betas"][1] ** step) ** 0.5
        group["eps"] = group.setdefault("first eps", group["eps"]) / root


def uncorrected(group: dict[str, Any], step: int) -> None:
    if "betas" in group:
        first, second = (1 - beta**step for beta in group["betas"])
        group["lr"] *= first / second**0.5
        raw_eps(group, step)


def forgetful(group: dict[str, Any], step: int) -> None:
    if "momentum" in group and step == 10:
        group["momentum"] = 0.0


MISTAKES: dict[str, tuple[Make, set[str]]] = {
    "rate one percent off": (each_step(faster), RECIPES),
    "no decay of biases": (undecayed_biases, {"weight decay", "adam"}),
    "decoupled decay": (configured(decoupled_weight_decay=True), {"adam"}),
    "no decay": (changed(weight_decay=0.0), {"weight decay", "adam"}),
    "Nesterov": (configured(nesterov=True), {"momentum", "weight decay"}),
    "dampening": (configured(dampening=0.1), {"momentum", "weight decay"}),
    "momentum 0.91": (
        lambda o, p: sound(replace(o, momentum=o.momentum and 0.91), p),
        {"momentum", "weight decay"},
    ),
    "momentum lost": (each_step(forgetful), {"momentum", "weight decay"}),
    "beta1 0.89": (changed(beta1=0.89), {"adam"}),
    "beta2 0.99": (changed(beta2=0.99), {"adam"}),
    "eps before the correction": (each_step(raw_eps), {"adam"}),
    "eps 1e-8": (changed(eps=1e-8), {"adam"}),
    "no bias correction": (each_step(uncorrected), {"adam"}),
}


@pytest.mark.parametrize("mistake", MISTAKES)
@dtypes
def test_a_wrong_optimizer_is_seen(
    mistake: str, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, shown = MISTAKES[mistake]
    monkeypatch.setattr("netspec_torch.runtime.to_torch", make)
    assert failures(check("torch", SMALL, dtype)) == shown


LOSSES: dict[str, tuple[Any, Any, set[str]]] = {
    "sum for mean": ("mse", lambda y, t: F.mse_loss(y, t, reduction="sum"), {"adam"}),
    "half": ("mse", lambda y, t: F.mse_loss(y, t) / 2, {"adam"}),
    "mean over examples": ("mse", lambda y, t: F.mse_loss(y, t) * 3, {"adam"}),
    "smoothed labels": (
        "cross_entropy",
        lambda y, t: F.cross_entropy(y, t, label_smoothing=0.001),
        RECIPES - {"adam"},
    ),
    "sum of entropies": (
        "cross_entropy",
        lambda y, t: F.cross_entropy(y, t, reduction="sum"),
        RECIPES - {"adam"},
    ),
}


@pytest.mark.parametrize("mistake", LOSSES)
@dtypes
def test_a_wrong_loss_is_seen(
    mistake: str, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, loss, shown = LOSSES[mistake]
    monkeypatch.setitem(of_torch.LOSSES, name, loss)
    assert failures(check("torch", SMALL, dtype)) == shown


class Edited(Wrapped):
    """A backend that tells something else of what training came to."""

    def __init__(self, edit: Callable[[Trained], Trained]) -> None:
        super().__init__("torch")
        self.edit = edit

    def train(self, *given: Any, **how: Any) -> Trained:
        trained: Trained = self.inner.train(*given, **how)  # type: ignore[attr-defined]
        return self.edit(trained)


EDITS: dict[str, Callable[[Trained], Trained]] = {
    "a loss too few": lambda t: replace(t, losses=t.losses[1:]),
    "losses after the update": lambda t: replace(t, losses=np.roll(t.losses, -1)),
    "stale statistics": lambda t: replace(
        t, params=t.params | {"1.running_mean": t.params["1.running_mean"] * 0.999}
    ),
    "no statistics": lambda t: replace(
        t, params={k: v for k, v in t.params.items() if "running" not in k}
    ),
    "another parameter": lambda t: replace(t, params={**t.params, "9": t.losses}),
    "NaN": lambda t: replace(t, losses=t.losses * np.nan),
}


@pytest.mark.parametrize("edit", EDITS)
def test_wrong_results_are_seen(edit: str) -> None:
    assert failures(check(Edited(EDITS[edit]))) == RECIPES


# Conventions


@dtypes
def test_conventions_of_gluon_are_declared(dtype: str) -> None:
    rows = [r for r in check("gluon", SMALL, dtype).rows if r.what.endswith("4.weight")]
    rests_on = {recipe(row.what): set(row.verdict.conventions) for row in rows}
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


def test_jax_without_optax_is_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    netspec.backend("jax")
    monkeypatch.delitem(sys.modules, "netspec_jax.training", raising=False)
    monkeypatch.setitem(sys.modules, "optax", None)
    (row,) = check("jax").rows
    assert row.verdict.status == "unsupported"
    assert "pip install optax" in row.verdict.reason


@pytest.mark.parametrize("center", [False, True])
def test_gluon_does_not_learn_statistics_before_what_is_trained(center: bool) -> None:
    first = BatchNorm(scale=False, center=center)
    spec = Spec("first", (4,), [Residual([first]), Dense(2)])
    rows = check("gluon", spec).rows
    assert {row.verdict.status for row in rows} <= (
        {"pass", "declared"} if center else {"unsupported"}
    )


def test_models_too_large_for_the_reference_are_unsupported() -> None:
    (row,) = check("torch", Spec("large", (2**12,), [Dense(2**12)])).rows
    assert row.verdict.status == "unsupported"


def test_units_on_a_kink_are_inconclusive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        cohort, "contested", lambda made, sigma, dtype: np.ones_like(made.x, bool)
    )
    unseen = replace(SMALL, name="never seen before")
    report = check("numpy", unseen)
    assert set(report.counts) == {"inconclusive"}
    assert not report.passed


def test_rounding_acts_in_proportion(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is measured at float32 holds for float64: not by chance, at any u."""
    coarse = courses.__wrapped__(SMALL, 0, 4)
    monkeypatch.setattr(cohort, "UNIT", 2.0**-36)
    fine = courses.__wrapped__(SMALL, 0, 4)
    for one, other in zip(coarse, fine, strict=True):
        assert np.array_equal(one.xs, other.xs)
        for tensor, spread in one.spread.items():
            assert spread == pytest.approx(other.spread[tensor], rel=0.01)


def test_a_convention_leaves_rounding_as_it_is() -> None:
    for course in courses(SMALL, 0, 4):
        neutral = expected(course, Numerics(), "float32")
        for way in cohort.ways(course.recipe.optimizer):
            moved = expected(course, way, "float32")
            assert {n: e.spread for n, e in moved.items()} == {
                n: e.spread for n, e in neutral.items()
            }


# The ability itself


def trained(name: str, seed: int | None, **change: Any) -> Trained:
    backend: Any = netspec.backend(name)
    spec = Spec("drop", (6,), [Dense(8), Dropout(0.5), Dense(3)])
    random = np.random.default_rng(0)
    given: dict[str, Any] = {
        "xs": random.normal(size=(2, 3, 6)),
        "ys": random.integers(0, 3, (2, 3)),
        "optimizer": Optimizer("adam", 0.1),
        "loss": "cross_entropy",
    }
    model = backend.compile(spec, seed=0, dtype="float64")
    found: Trained = backend.train(model, spec, **(given | change), seed=seed)
    return found


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_a_seed_drives_dropout(name: str) -> None:
    one, same, other = (trained(name, seed).losses for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a list": ({"xs": [[1.0]]}, "xs must have shape"),
    "no steps": ({"xs": np.zeros((0, 3, 6)), "ys": np.zeros((0, 3), int)}, "batch"),
    "another input": ({"xs": np.zeros((2, 3, 5))}, r"\(steps, batch, 6\)"),
    "another dtype": ({"xs": np.zeros((2, 3, 6), np.float32)}, "float64"),
    "labels of another batch": ({"ys": np.zeros((2, 2), int)}, r"\(2, 3\)"),
    "labels that are floats": ({"ys": np.zeros((2, 3))}, "integers"),
    "a label too large": ({"ys": np.full((2, 3), 3)}, r"0\.\.2"),
    "a negative label": ({"ys": np.full((2, 3), -1)}, r"0\.\.2"),
    "labels for mse": ({"loss": "mse"}, r"\(2, 3, 3\)"),
    "no such loss": ({"loss": "hinge"}, "'mse' or 'cross_entropy'"),
    "a rate too few": ({"optimizer": Optimizer("sgd", (0.1,))}, "2 steps"),
}


@pytest.mark.parametrize("name", FRAMEWORKS)
@pytest.mark.parametrize("what", BAD)
def test_bad_batches_are_refused(name: str, what: str) -> None:
    change, message = BAD[what]
    with pytest.raises(NetspecError, match=message):
        trained(name, 0, **change)


def test_cross_entropy_needs_one_axis_of_classes() -> None:
    backend: Any = netspec.backend("numpy")
    spec = Spec("rows", (2, 3), [Dense(4)])
    xs, ys = np.zeros((1, 1, 2, 3)), np.zeros((1, 1), int)
    model, sgd = backend.compile(spec), Optimizer("sgd", 0.1)
    with pytest.raises(InputError, match=r"\(classes,\)"):
        backend.train(model, spec, xs, ys, sgd, "cross_entropy")


def test_an_optimizer_has_a_known_rule() -> None:
    with pytest.raises(NetspecError, match="'sgd' or 'adam'"):
        Optimizer("lion", 0.1)  # type: ignore[arg-type]


def test_training_follows_its_course() -> None:
    """Plain SGD on a linear model is a recurrence that NumPy states in two lines."""
    backend: Any = netspec.backend("numpy")
    spec = Spec("line", (1,), [Dense(1, bias=False)])
    weight, rate, (x, y) = np.array([[2.0]]), 0.125, (2.0, 1.0)
    xs, ys = np.full((4, 1, 1), x), np.full((4, 1, 1), y)
    model = backend.compile(spec, params={"0.weight": weight})
    trained = backend.train(model, spec, xs, ys, Optimizer("sgd", rate / x**2), "mse")
    errors = (2 * x - y) * (1 - 2 * rate) ** np.arange(5)  # all exact in binary
    assert np.array_equal(trained.losses, errors[:4] ** 2)


def test_exact_trajectories_are_shared() -> None:
    (course, *_) = courses(SMALL, 0, 4)
    assert exact(course, Numerics()) is exact(course, Numerics())
