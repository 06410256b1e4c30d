"""The check of first weights: sound backends pass, mistakes fail where they show."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri

import netspec
from netspec import Dense, InitPolicy, Spec
from netspec import init as ni
from netspec import layers as nl
from netspec.conformance.report import Report
from netspec.contract import Array
from netspec.init import PRESETS, TRUNCATED_STD, DrawnParameter, Initializer
from tests.conformance.wrapped import Wrapped

NETS = ("numpy", "torch", "gluon", "jax")

INITIALIZERS: tuple[Initializer, ...] = (
    ni.Zeros(),
    ni.Ones(),
    ni.Constant(0.3),
    ni.Uniform(-0.1, 0.3),
    ni.Normal(0.02),
    ni.Normal(0.02, mean=1),
    ni.TruncatedNormal(0.5),
    ni.TruncatedNormal(0.5, mean=1, low=-1, high=3),
    ni.TruncatedNormal(2, low=0.5, high=1),
    ni.XavierUniform(5 / 3),
    ni.XavierNormal(0.7),
    ni.KaimingUniform("selu", fan="fan_out"),
    ni.KaimingNormal("leaky_relu", slope=0.3),
    ni.LeCunNormal(),
    ni.VarianceScaling(2, fan="fan_out", distribution="uniform"),
    ni.VarianceScaling(0.3, fan="fan_avg", distribution="normal"),
    ni.VarianceScaling(2, fan="fan_out", distribution="truncated_normal"),
    ni.Orthogonal(1.7),
)


def check(backend: Any, spec: Spec, dtypes: Any = "float32") -> Report:
    return netspec.conform(spec, backend, dtypes, "init_statistics")


def dense(
    weight: Initializer, bias: Initializer | None = None, units: int = 40
) -> Spec:
    init = InitPolicy(weight, bias=bias or ni.Zeros())
    return Spec("dense", (30,), [Dense(units)], init)


@pytest.mark.slow
@pytest.mark.parametrize("name", NETS)
def test_every_initializer_follows_its_law(name: str) -> None:
    layers = [Dense(20, init={"weight": drawn}) for drawn in INITIALIZERS]
    dtypes = ("float32",) if name == "jax" else ("float32", "float64")  # XLA is slow
    report = check(name, Spec("all", (20,), layers), dtypes)
    assert report.passed, report.bad


@pytest.mark.slow
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", NETS)
def test_every_kind_of_layer_follows_the_presets(name: str, preset: str) -> None:
    layers = [
        nl.Embedding(50, dim=6),
        nl.Conv1D(8, kernel_size=3),
        nl.Reshape((8, 2, 2)),
        nl.Conv2D(6, kernel_size=2, groups=2),
        nl.Flatten(),
        Dense(30),
        nl.BatchNorm(),
        nl.PReLU(),
    ]
    report = check(name, Spec("kinds", (5,), layers, preset, "int"))
    assert report.passed, report.bad


@pytest.mark.parametrize("initializer", [ni.KaimingNormal(), ni.Orthogonal(1.7)])
@pytest.mark.parametrize("name", ["numpy", "torch"])
def test_a_backend_follows_the_law(name: str, initializer: Initializer) -> None:
    report = check(name, dense(initializer, ni.Uniform(-0.1, 0.3)))
    assert report.passed, report.bad
    assert {row.verdict.status for row in report.rows} == {"pass"}


def test_weights_follow_the_seed() -> None:
    torch = pytest.importorskip("torch")
    spec, state = dense(ni.KaimingNormal()), torch.random.get_rng_state()
    first, again = (str(check("torch", spec).rows) for _ in range(2))
    assert first == again
    other = netspec.conform(spec, "torch", "float32", "init_statistics", seed=1)
    assert str(other.rows) != first
    assert torch.equal(torch.random.get_rng_state(), state)


@pytest.mark.parametrize("name", ["gluon", "jax"])
def test_a_seed_decides_what_is_drawn(name: str) -> None:
    backend: Any = netspec.backend(name)
    spec = dense(ni.KaimingNormal())

    def draw(seed: int) -> Array:
        with backend.seeded(seed):
            return np.asarray(backend.params(backend.compile(spec), spec)["0.weight"])

    assert np.array_equal(draw(3), draw(3))
    assert not np.array_equal(draw(3), draw(4))


def test_histograms_show_what_was_drawn() -> None:
    report = check("numpy", dense(ni.KaimingNormal()))
    shown = [row.verdict.histogram for row in report.rows if row.verdict.histogram]
    assert len(shown) == 1
    counts, expected = np.array(shown[0].counts), np.array(shown[0].expected)
    assert len(shown[0].edges) == len(counts) + 1
    assert np.all(np.abs(counts - expected) <= 6.11 * np.sqrt(expected) + 6.11**2)
    assert counts.sum() > 60_000


# Mistakes in what a backend draws

Change = Callable[[Array, DrawnParameter, np.random.Generator], Array]


class Mistaken(Wrapped):
    """A backend whose own first weights are changed."""

    def __init__(self, change: Change, path: str = "0.weight") -> None:
        super().__init__("torch")
        self.change = change
        self.path = path

    def compile(self, spec: Spec, **how: Any) -> Any:
        model = self.inner.compile(spec, **how)
        if "params" in how or "seed" in how or self.path not in spec.parameters():
            return model
        params = self.inner.params(model, spec)
        given = params[self.path], spec.parameters()[self.path]
        changed = self.change(*given, np.random.default_rng(0))
        params[self.path] = np.asarray(changed, given[0].dtype)
        return self.inner.load_params(model, spec, params)


def times(factor: float) -> Change:
    return lambda w, *_: w * factor


def wrong_fan(w: Array, p: DrawnParameter, _: Any) -> Array:
    assert p.fan_in is not None
    assert p.fan_out is not None
    return w * math.sqrt(p.fan_in / p.fan_out)


def truncated(w: Array, p: DrawnParameter, random: np.random.Generator) -> Array:
    low = 0.022750131948179195  # P(z < -2)
    z = ndtri(random.uniform(low, 1 - low, w.shape))
    return np.asarray(p.law.std * z / TRUNCATED_STD)


def uniform(w: Array, p: DrawnParameter, random: np.random.Generator) -> Array:
    return random.uniform(-1, 1, w.shape) * math.sqrt(3) * p.law.std


def normal(w: Array, p: DrawnParameter, random: np.random.Generator) -> Array:
    return random.standard_normal(w.shape) * p.law.std


def shifted(w: Array, p: DrawnParameter, _: Any) -> Array:
    return w + 0.01 * p.law.std


def one_column(w: Array, *_: Any) -> Array:
    return w * np.where(np.arange(w.shape[1]) == 3, 2, 1)


def one_row(w: Array, *_: Any) -> Array:
    return w * np.where(np.arange(len(w)) == 3, 2, 1)[:, None]


def halves(w: Array, *_: Any) -> Array:
    return np.tile(w[: len(w) // 2], (2, 1))


def pairs(w: Array, *_: Any) -> Array:
    return np.asarray(w[:, ::2].repeat(2, axis=1))


def rows(w: Array, *_: Any) -> Array:
    return np.broadcast_to(w[:1], w.shape)


KAIMING, XAVIER = ni.KaimingNormal(), ni.XavierUniform(1.3)
SHAPE, SUPPORT, MEAN = "Kolmogorov-Smirnov", "support", "mean"
MOMENT, SLICES, APART = "second moment", "slices", "independence"

# A law, what becomes of its draws, and the tests of which one is to see it
MISTAKES: dict[str, tuple[Initializer, Change, set[str]]] = {
    "fan_out for fan_in": (KAIMING, wrong_fan, {SHAPE, MOMENT}),
    "no gain": (KAIMING, times(1 / math.sqrt(2)), {SHAPE, MOMENT}),
    "the variance for the std": (ni.Normal(0.5), times(0.5), {SHAPE, MOMENT}),
    "1% too wide": (KAIMING, times(1.01), {MOMENT}),
    "1% too narrow": (XAVIER, times(0.99), {MOMENT, SUPPORT}),
    "a bound 0.1% too far": (XAVIER, times(1.001), {SUPPORT}),
    "truncated for normal": (KAIMING, truncated, {SHAPE, SUPPORT}),
    "normal for truncated": (ni.LeCunNormal(), normal, {SHAPE, SUPPORT}),
    "uniform for normal": (KAIMING, uniform, {SHAPE, SUPPORT}),
    "normal for uniform": (XAVIER, normal, {SHAPE, SUPPORT}),
    "mean off by 1% of the std": (KAIMING, shifted, {MEAN}),
    "all positive": (XAVIER, lambda w, *_: np.abs(w), {SHAPE, MEAN}),
    "one column doubled": (KAIMING, one_column, {SLICES}),
    "one row doubled": (KAIMING, one_row, {SLICES}),
    "rows alike": (KAIMING, rows, {SLICES, APART}),
    "halves alike": (KAIMING, halves, {APART}),
    "columns alike in pairs": (XAVIER, pairs, {APART}),
    "not finite": (KAIMING, times(math.nan), {"form"}),
    "orthogonal without gain": (ni.Orthogonal(1.7), times(1 / 1.7), {"orthogonality"}),
    "orthogonal 0.1% too wide": (ni.Orthogonal(), times(1.001), {"orthogonality"}),
    "normal for orthogonal": (ni.Orthogonal(), normal, {"orthogonality"}),
    "the identity": (ni.Orthogonal(), lambda w, *_: np.eye(*w.shape), {SHAPE}),
}


@pytest.mark.parametrize(
    ("initializer", "change", "shows"), MISTAKES.values(), ids=MISTAKES
)
def test_mistakes_fail(
    initializer: Initializer, change: Change, shows: set[str]
) -> None:
    report = check(Mistaken(change), dense(initializer))
    assert shows <= {row.what.split(": ")[-1] for row in report.bad}


@pytest.mark.parametrize(
    ("bias", "change"),
    [
        (ni.Zeros(), lambda b, *_: b + 1e-6),
        (ni.Constant(0.3), times(1.001)),
        (ni.Uniform(-0.1, 0.3), times(1.01)),
        (PRESETS["torch"].bias, times(1.01)),
        (PRESETS["torch"].bias, wrong_fan),
    ],
    ids=["not zero", "not the constant", "too wide", "the preset", "wrong fan"],
)
def test_mistakes_in_a_bias_fail(bias: Initializer, change: Change) -> None:
    report = check(Mistaken(change, "0.bias"), dense(ni.Zeros(), bias))
    assert report.bad
    assert all("bias" in row.what for row in report.bad)


def test_a_mistake_in_one_place_fails_there() -> None:
    spec = Spec("two", (64,), [Dense(80), Dense(90)], InitPolicy(KAIMING))
    report = check(Mistaken(times(1.5), "1.weight"), spec)
    assert [row.what for row in report.bad] == ["1.weight"]


def test_parameters_that_share_values_fail() -> None:
    class Shared(Wrapped):
        def params(self, model: Any, spec: Spec) -> dict[str, Array]:
            found = self.inner.params(model, spec)
            return found | {p: found["0.weight"] for p in found if p == "1.weight"}

    spec = Spec("two", (64,), [Dense(64), Dense(64)], InitPolicy(KAIMING))
    assert check("torch", spec).passed
    report = check(Shared(), spec)
    assert [row.what for row in report.bad] == ["parameters have values of their own"]
