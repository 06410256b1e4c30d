"""Initializers: formulas, gains, fans, policies; laws that agree with themselves."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import netspec as ns
from netspec.declare import kernel
from netspec.fuzzing.strategies import initializers
from netspec.init import PRESETS, TRUNCATED_STD, distributions
from netspec.init.distributions import Law
from tests.laws import central_moment, reach

MATRIX = kernel((512, 2048), ("out", "in"))  # fan_in 2048, fan_out 512
CONV = kernel((64, 32, 3, 5), ("out", "in", "height", "width"))
VECTOR = replace(MATRIX, shape=(512,), axes=("out",), role="bias")


def drawn_law(initializer: ns.Initializer, parameter: ns.Parameter = MATRIX) -> Law:
    return initializer.law(parameter)


@given(initializers(MATRIX) | initializers(CONV))
def test_laws_agree_with_their_cdf(initializer: ns.Initializer) -> None:
    law = drawn_law(initializer)
    if law.std == 0:
        assert isinstance(law, distributions.Point)
        return
    low, high = reach(law)
    ends = law.cdf(np.array([low, high]))
    assert ends == pytest.approx([0, 1], abs=1e-12)
    grid = law.cdf(np.linspace(low, high, 101))
    assert np.all(np.diff(grid) >= 0)
    assert central_moment(law, 1) == pytest.approx(0, abs=1e-9 * law.std)
    assert central_moment(law, 2) == pytest.approx(law.std**2, rel=1e-8)


def test_a_point_has_all_its_mass_in_one_value() -> None:
    law = drawn_law(ns.Constant(2.5))
    assert (law.mean, law.std, law.bounds) == (2.5, 0.0, (2.5, 2.5))
    assert law.cdf(np.array([2.4, 2.5, 2.6])).tolist() == [0, 1, 1]
    assert drawn_law(ns.Normal(0, mean=1)) == drawn_law(ns.Ones())


def test_one_by_one_orthogonal_matrices_are_a_sign() -> None:
    law = drawn_law(ns.Orthogonal(2), kernel((1, 1), ("out", "in")))
    assert law.cdf(np.array([-2.1, -2, 0, 1.9, 2])).tolist() == [0, 0.5, 0.5, 0.5, 1]
    assert law.std == 2


def test_the_constant_of_truncated_normals() -> None:
    law = distributions.TruncatedNormal(0.0, 1.0, (-2.0, 2.0))
    assert law.std == pytest.approx(TRUNCATED_STD, rel=1e-15)


# Bound of a uniform law or std of another, for fan_in 2048 and fan_out 512
FORMULAS: list[tuple[ns.Initializer, float]] = [
    (ns.XavierUniform(), math.sqrt(6 / 2560)),
    (ns.XavierUniform(2), 2 * math.sqrt(6 / 2560)),
    (ns.XavierNormal(), math.sqrt(2 / 2560)),
    (ns.XavierNormal(5 / 3), 5 / 3 * math.sqrt(2 / 2560)),
    (ns.KaimingUniform(), math.sqrt(6 / 2048)),
    (ns.KaimingUniform("tanh", fan="fan_out"), 5 / 3 * math.sqrt(3 / 512)),
    (ns.KaimingNormal(), math.sqrt(2 / 2048)),
    (ns.KaimingNormal("leaky_relu", slope=0.2), math.sqrt(2 / 1.04 / 2048)),
    (ns.KaimingNormal("relu", fan="fan_out"), math.sqrt(2 / 512)),
    (ns.LeCunNormal(), math.sqrt(1 / 2048)),
    (ns.VarianceScaling(), math.sqrt(1 / 2048)),
    (ns.VarianceScaling(2, fan="fan_avg", distribution="normal"), math.sqrt(2 / 1280)),
    (ns.VarianceScaling(1 / 3, distribution="uniform"), 1 / math.sqrt(2048)),
    (ns.Uniform(-0.5, 0.5), 0.5),
    (ns.Normal(0.02), 0.02),
    (ns.TruncatedNormal(0.02), 0.02 * 0.87962566103423978),
    (ns.Orthogonal(), 1 / math.sqrt(2048)),
]


@pytest.mark.parametrize(("initializer", "size"), FORMULAS)
def test_formulas(initializer: ns.Initializer, size: float) -> None:
    law = drawn_law(initializer)
    uniform = isinstance(law, distributions.Uniform)
    assert (law.bounds[1] if uniform else law.std) == pytest.approx(size, rel=1e-14)
    assert law.mean == 0


@pytest.mark.parametrize(
    ("nonlinearity", "value"),
    [
        ("linear", 1), ("conv1d", 1), ("conv2d", 1), ("sigmoid", 1), ("tanh", 5 / 3),
        ("relu", math.sqrt(2)), ("leaky_relu", math.sqrt(2 / (1 + 0.01**2))),
        ("selu", 0.75),
    ],
)  # fmt: skip
def test_gains_are_those_of_pytorch(nonlinearity: str, value: float) -> None:
    assert ns.gain(nonlinearity) == pytest.approx(value, rel=1e-15)


def test_unknown_gains_are_refused() -> None:
    with pytest.raises(ns.SpecError, match="no gain for 'gelu'; known: linear"):
        ns.gain("gelu")


def test_fans_of_a_convolution_count_the_window() -> None:
    assert drawn_law(ns.KaimingNormal(), CONV).std == math.sqrt(2) / math.sqrt(480)
    assert (CONV.fan_in, CONV.fan_out) == (32 * 15, 64 * 15)


def test_fans_of_an_embedding_are_those_of_a_matrix_that_reads_one_hot_rows() -> None:
    spec = ns.Spec("e", (), [ns.Embedding(100, dim=8)], input_dtype="int")
    weight = spec.parameters()["0.weight"]
    assert (weight.fan_in, weight.fan_out) == (100, 8)


@given(st.floats(-4, 4), st.floats(1e-5, 4))
def test_narrow_cuts_keep_their_moments(low: float, width: float) -> None:
    law = distributions.TruncatedNormal(0.0, 1.0, (low, low + width))
    assert law.low <= law.mean <= law.high
    assert 0 < law.std <= width / math.sqrt(12) * (1 + 1e-9) or width > 1


@pytest.mark.parametrize(
    "initializer",
    [
        ns.Constant(1e39),
        ns.Normal(1e38),
        ns.Normal(1, mean=-1e300),
        ns.Uniform(-1.7e308, 1.7e308),
        ns.TruncatedNormal(1e308, mean=1e308),
        ns.Orthogonal(1e300),
        ns.XavierUniform(1e300),
        ns.XavierNormal(1e-300),
        ns.VarianceScaling(5e-324),
        ns.KaimingNormal("leaky_relu", slope=1e300),
    ],
)
def test_numbers_beyond_float32_are_refused(initializer: ns.Initializer) -> None:
    with pytest.raises(ns.SpecError, match=r"^layers\[0\] Dense"):
        ns.Spec("far", (3,), [ns.Dense(3, init={"weight": initializer})])


@pytest.mark.parametrize("kind", [ns.Uniform, ns.TruncatedNormal])
def test_bounds_in_the_wrong_order_are_refused(kind: type[ns.Initializer]) -> None:
    with pytest.raises(ns.SpecError, match="low must be below high"):
        kind(low=1, high=1)  # type: ignore[call-arg]


def test_cuts_that_leave_nothing_are_refused() -> None:
    with pytest.raises(ns.SpecError, match="at least 1e-6"):
        ns.TruncatedNormal(1, low=6, high=7)


@pytest.mark.parametrize("initializer", [ns.XavierUniform(), ns.Orthogonal()])
def test_what_needs_a_matrix_refuses_a_scale(initializer: ns.Initializer) -> None:
    with pytest.raises(ns.SpecError, match=r"use Constant|use Normal"):
        ns.Spec("bn", (3,), [ns.BatchNorm(init={"weight": initializer})])


def test_presets_start_as_their_frameworks_do() -> None:
    spec = ns.Spec("preset", (6,), [ns.Dense(4), ns.BatchNorm()])
    bounds = {
        name: replace(spec, init=policy).parameters()["0.weight"].law.bounds[1]
        for name, policy in PRESETS.items()
    }
    assert bounds == {
        "torch": pytest.approx(1 / math.sqrt(6)),
        "gluon": 0.07,
        "keras": pytest.approx(math.sqrt(6 / 10)),
        "he": math.inf,
        "glorot": pytest.approx(math.sqrt(6 / 10)),
    }
    for name in PRESETS:
        found = replace(spec, init=name).parameters()
        starts = [found[f"1.{key}"].law.mean for key in ("weight", "bias")]
        assert starts == [1, 0]


def test_the_first_rule_that_matches_wins() -> None:
    policy = ns.InitPolicy(
        rules=[ns.InitRule("head.*", ns.Ones()), ns.InitRule("*", ns.Zeros())]
    )
    layers = [ns.Dense(3), ns.Dense(2, name="head", init={"bias": ns.Constant(2)})]
    found = ns.Spec("rules", (3,), layers, init=policy).parameters()
    assert [parameter.law.mean for parameter in found.values()] == [0, 0, 1, 2]
