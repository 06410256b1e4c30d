"""The derived tolerance: sound tensors pass, small bugs do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import netspec
from netspec import BatchNorm, Dense, Layer, LayerNorm, LeakyReLU, ReLU, Residual, Spec
from netspec import layers as nl
from netspec.conformance.cases import draw_case, draw_single, single_layers
from netspec.conformance.judging import Case, Expected, agree, forecast, judge, tensors
from netspec.contract import Array
from netspec.layers import Shape

NUMPY = netspec.backend("numpy")

PLANE: Shape = (4, 7, 6)
dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])
modes = pytest.mark.parametrize("train", [True, False], ids=["train", "evaluate"])


@pytest.mark.parametrize("spec", single_layers().values(), ids=single_layers())
@modes
def test_reference_in_float32_agrees_with_float64(spec: Spec, train: bool) -> None:
    case = draw_single(spec.without_dropout(), train=train, dtype="float32")
    agreement = agree(NUMPY, case)
    assert agreement.passed, str(agreement)


def failures(case: Case, wrong: Layer) -> set[str]:
    """The tensors that show that a backend computes another layer."""
    spec = Spec("wrong", case.spec.input_shape, [wrong])
    model = NUMPY.compile(spec, params=case.params, dtype=case.dtype)
    step = NUMPY.step(model, spec, case.x, case.cotangent, train=case.train)
    expected = forecast(case).tensors
    return {
        name
        for name, received in tensors(step).items()
        if judge(received, expected[name]).status == "fail"
    }


BIASED = BatchNorm(running_variance="biased")

# A layer, what a wrong backend computes instead, and a mode in which that shows
BUGS: tuple[tuple[Layer, Layer, bool], ...] = (
    (BatchNorm(0.9), BatchNorm(0.1), True),
    (BatchNorm(), BatchNorm(eps=1.1e-5), True),
    (BatchNorm(), BatchNorm(eps=1.1e-5), False),
    (
        BatchNorm(running_variance="biased"),
        BatchNorm(running_variance="unbiased"),
        True,
    ),
    (LayerNorm(), LayerNorm(1.1e-5), False),
    (nl.GroupNorm(2), nl.GroupNorm(1), False),
    (nl.InstanceNorm(), nl.GroupNorm(1), False),
    (LeakyReLU(0.01), LeakyReLU(0.0101), False),
    (nl.ELU(1.0), nl.ELU(1.0001), False),
    (nl.GELU(), nl.GELU(approximate=True), False),
    (nl.Softmax(-1), nl.Softmax(1), False),
    (nl.MaxPool2D(2), nl.AvgPool2D(2), False),
    (
        nl.AvgPool2D(3, stride=2, padding=1),
        nl.AvgPool2D(3, stride=2, padding=1, count_include_pad=False),
        False,
    ),
)


@pytest.mark.parametrize(("right", "wrong", "train"), BUGS, ids=repr)
@dtypes
def test_a_wrong_layer_is_seen(
    right: Layer, wrong: Layer, train: bool, dtype: str
) -> None:
    case = draw_single(Spec("right", PLANE, [right]), train=train, dtype=dtype)
    assert failures(case, right) == set()
    assert failures(case, wrong)


@dtypes
def test_a_structural_zero_passes_only_as_a_zero(dtype: str) -> None:
    spec = Spec("zero", (6,), [Dense(5), BatchNorm()])
    case = draw_case(spec, train=True, dtype=dtype)
    expected = forecast(case).tensors["grad 0.bias"]
    assert expected.is_structural_zero
    zeros = np.zeros(5, dtype)
    assert judge(zeros, expected).status == "pass"
    assert judge(zeros + np.asarray(1e-3, dtype), expected).status == "fail"


def exact(values: Array) -> Expected:
    return Expected(values.astype(np.float64), 0.0, str(values.dtype))


@pytest.mark.parametrize(
    "received",
    [
        np.full(3, np.nan, np.float32),
        np.array([1, 2, np.inf], np.float32),
        np.array([1, 2, 3], np.float64),
        np.array([[1, 2, 3]], np.float32),
        np.array([1, 2, 3 - 1e-5], np.float32),
        np.array([3, 2, 1], np.float32),
    ],
    ids=["nan", "inf", "dtype", "shape", "low", "permuted"],
)
def test_malformed_tensors_fail(received: Array) -> None:
    verdict = judge(received, exact(np.array([1, 2, 3], np.float32)))
    assert verdict.status == "fail"
    assert verdict.reason


def test_nan_on_both_sides_throughout_is_a_failure() -> None:
    nan = np.full(3, np.nan, np.float32)
    assert judge(nan, exact(nan)).status == "fail"


def test_infinity_on_both_sides_passes() -> None:
    values = np.array([1, np.inf, -np.inf], np.float32)
    assert judge(values, exact(values)).status == "pass"
    flipped = np.array([1, -np.inf, np.inf], np.float32)
    assert judge(flipped, exact(values)).status == "fail"


def test_what_rounding_destroys_is_weak() -> None:
    sound = exact(np.array([1, 2, 3], np.float32))
    received = sound.exact.astype(np.float32)
    for share, status in ((1e-4, "pass"), (1e-2, "weak"), (0.2, "inconclusive")):
        loose = replace(sound, spread=share * sound.norm / 8)
        assert judge(received, loose).status == status
        assert judge(received, replace(loose, scale=1e3)).status == "pass"
    assert judge(received + 9, loose).status == "fail"  # however blunt


@pytest.mark.parametrize("seed", range(5))
@modes
def test_nudging_leaves_no_unit_on_a_kink(seed: int, train: bool) -> None:
    block = Residual([Dense(64), BatchNorm(), ReLU(), Dense(64), BatchNorm()])
    layers = [Dense(64), *(layer for _ in range(5) for layer in (block, ReLU()))]
    spec = Spec("deep", (64,), layers)
    case = draw_case(spec, train=train, dtype="float32", seed=seed, batch=64)
    assert forecast(case).kinks.contested == {}


@pytest.mark.parametrize("seed", range(3))
def test_equal_terms_one_after_the_other_are_sound(seed: int) -> None:
    """What a dead unit gives is equal, and so are the roundings of its variance."""
    spec = Spec("dead", (1, 32, 32), [BatchNorm(eps=1e-12, scale=False, center=False)])
    x = np.zeros((4, 1, 32, 32), np.float32)
    x[0, 0, 0, 0] = 1 + np.random.default_rng(seed).random()
    params = {p: np.ones(each.shape, "f4") for p, each in spec.parameters().items()}
    case = Case(spec, params, x, np.zeros_like(x), True, "float32")
    centered = x - np.float32(x.mean(dtype=np.float64))
    variance = np.cumsum(centered**2, dtype=np.float32)[-1] / np.float32(x.size)
    verdict = judge(centered / np.sqrt(variance), forecast(case).tensors["output"])
    assert verdict.ratio < 0.5
