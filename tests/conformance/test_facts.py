"""What a layer of a user states about itself decides how it is compared."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import netspec
import tests.backends.custom.reference
import tests.backends.odd.reference  # noqa: F401 (both register)
from netspec import BatchNorm, Dense, Identity, ReLU, Spec, SpecError, Tanh
from netspec.conformance import conform
from netspec.conformance.cases import draw_case, draw_single
from netspec.conformance.judging import Case
from netspec.contract import Array, Step, check_input, check_training_batch
from netspec.errors import InputError
from netspec.layers import Layer, Shape
from tests.backends.custom.layers import Blank, LowRank, Tempered
from tests.backends.odd.layers import Cumulative, Digits, Fixed, Jitter, Pairs, Rooted
from tests.conformance.stated import (
    Beside,
    Broken,
    Centered,
    Chosen,
    Cropped,
    Gain,
    Noisy,
    Offset,
    PlaneBlank,
    Scaled,
    SilentBeside,
    SilentCentered,
    SilentOffset,
    SilentThrough,
    Spread,
    Table,
    Through,
)
from tests.conformance.wrapped import Wrapped


def train_case(*layers: Layer, shape: Shape = (6,), dtype: str = "float64") -> Case:
    return draw_case(Spec("net", shape, layers), train=True, dtype=dtype)


# State


def test_state_is_drawn_where_a_test_can_see_it() -> None:
    case = train_case(LowRank(4, rank=3))
    mean = case.params["0.running_mean"]
    assert np.abs(mean).min() > 0.1
    assert np.abs(mean - case.x.mean(axis=0)).min() > 0.1
    assert train_case(Cumulative()).params["0.steps"] == 3


def test_state_that_training_does_not_move_is_drawn_near_what_it_is() -> None:
    table = train_case(Fixed()).params["0.table"]
    assert table.min() > 0
    assert len(np.unique(table)) == table.size


def test_state_of_a_neighbor_changes_nothing() -> None:
    alone = train_case(BatchNorm(), Tanh(), LowRank(4, rank=3)).params
    beside = train_case(BatchNorm(), Cumulative(), LowRank(4, rank=3)).params
    for path in ("0.running_mean", "0.running_var"):
        assert np.array_equal(alone[path], beside[path])


def test_a_layer_may_say_how_its_state_is_drawn() -> None:
    case = train_case(Chosen(4, rank=3))
    expected = 100 + case.x.mean(axis=0)
    assert np.allclose(case.params["0.running_mean"], expected, rtol=1e-12)
    assert conform(case.spec, "numpy", checks=["outputs", "state"]).passed


@pytest.mark.parametrize("kind", [Cumulative(), Spread(), Gain()], ids=repr)
def test_a_parameter_or_a_state_may_have_no_axes(kind: Layer) -> None:
    checks = ["outputs", "gradients", "state", "training", "init_values"]
    report = conform(Spec("one", (6,), [kind]), "numpy", checks=checks)
    assert report.passed, [str(row) for row in report.rows if not row.verdict.good]


# Parameters


def test_a_parameter_of_a_role_of_its_own_is_drawn_near_its_constant() -> None:
    for kind, name, start in (
        (Tempered(), "temperature", 2.0),
        (Rooted(), "inner.deep.width", 1.5),
    ):
        values = train_case(kind).params[f"0.{name}"]
        assert np.all((values > 0.5 * start) & (values < 1.5 * start))
        assert len(np.unique(values)) == values.size


# Kinks


@pytest.mark.parametrize(
    ("layers", "moved"),
    [
        ([Offset()], True),
        ([SilentOffset()], False),
        ([Offset(), Through()], True),
        ([Offset(), SilentThrough()], False),
        ([Beside([Tanh()], [Offset()])], True),
        ([SilentBeside([Tanh()], [Offset()])], False),
    ],
    ids=repr,
)
def test_biases_are_moved_off_kinks(layers: list[Layer], moved: bool) -> None:
    def biases(after: Layer) -> list[Array]:
        params = train_case(*layers, after, shape=(40, 8)).params
        return [value for path, value in params.items() if path.endswith("bias")]

    (smooth,), (kinked,) = biases(Tanh()), biases(ReLU())
    assert smooth.shape == (8,)
    assert np.all(smooth != kinked) == np.any(smooth != kinked) == moved


# Normalizations


def test_a_normalization_is_seen_far_from_0() -> None:
    def single(kind: Layer) -> Case:
        spec = Spec("one", (6,), [kind, LowRank(2, rank=2)])
        return draw_single(spec, train=True, dtype="float64")

    assert single(Centered()).x.min() > 100
    assert single(SilentCentered()).x.max() < 100


# Indices


TABLE = Spec("table", (50,), [Table(7), Dense(2)], input_dtype="int")


def test_indices_are_drawn_and_checked_up_to_the_bound() -> None:
    x = draw_case(TABLE, train=True, dtype="float32").x
    assert set(x.ravel()) == set(range(7))
    check_input(TABLE, x, "float32")
    for wrong in (-1, 7):
        with pytest.raises(InputError, match=r"indices must be in 0\.\.6"):
            check_input(TABLE, np.full_like(x, wrong), "float32")
    report = conform(TABLE, "numpy", checks=["errors", "outputs", "gradients"])
    assert report.passed
    assert {"an index too large", "a negative index"} <= {r.what for r in report.rows}
    assert netspec.probe(TABLE)["spec"].verdict.word == "healthy"


def test_what_reads_indices_without_parameters_is_seen_in_a_net_alone() -> None:
    net = Spec("net", (5,), [Digits(3), Dense(2)], input_dtype="int")
    report = conform(net, "numpy", "float64", checks=["outputs", "gradients"])
    assert report.passed
    assert {row.spec for row in report.rows} == {"net", "Dense(2) on 5 x 3"}
    digits = Spec("digits", (5,), [Digits(3)], input_dtype="int")
    found = conform(digits, "numpy", "float64")
    assert {row.verdict.status for row in found.rows} == {"unsupported"}


class Off(Wrapped):
    """Is wrong wherever there are parameters."""

    def step(self, model: object, spec: Spec, *given: object, **how: object) -> Step:
        found = self.inner.step(model, spec, *given, **how)  # type: ignore[arg-type]
        wrong = found.output * (1.5 if spec.parameters() else 1)
        return replace(found, output=wrong)


def test_what_reads_indices_without_parameters_is_not_suspected() -> None:
    layers = [Digits(3), Tanh(), Dense(2)]
    net = Spec("net", (5,), layers, input_dtype="int")
    report = conform(net, Off("numpy"), "float64", checks="outputs")
    suspects = {s for d in report.divergences if d.spec == "net" for s in d.suspects}
    assert len(suspects) == 1
    assert "forward: diverges at 2 Dense" in suspects.pop()


# Batches


def test_a_batch_is_as_large_as_a_layer_needs() -> None:
    spec = Spec("pairs", (3,), [Dense(4), Pairs()])
    assert len(draw_case(spec, train=True, dtype="float32").x) == 8
    with pytest.raises(InputError, match=r"^1 Pairs: .* a batch of at least 8"):
        check_training_batch(spec, np.zeros((7, 3)))
    checks = ["outputs", "gradients", "training"]
    report = conform(spec, "numpy", "float64", checks=checks)
    assert report.passed, [str(row) for row in report.rows if not row.verdict.good]


def test_a_reference_that_raises_is_a_verdict() -> None:
    report = conform(Spec("net", (3,), [Dense(2), Broken()]), "numpy")
    assert not report.passed
    (found,) = {s for d in report.divergences for s in d.suspects}
    assert found == "the reference: raised ArithmeticError: no idea"


# Chance


def test_what_draws_at_random_is_left_out() -> None:
    spec = Spec("net", (3,), [Dense(4), Jitter(0.5), Blank(0.5, name="gone")])
    plain = spec.without_dropout()
    assert plain.layers[1:] == (Identity(), Identity(name="gone"))


@pytest.mark.parametrize("kind", [Noisy(), Cropped()], ids=repr)
def test_what_cannot_be_left_out_is_refused(kind: Layer) -> None:
    problem = rf"^1 {type(kind).__name__}: what draws at random is left out"
    with pytest.raises(SpecError, match=problem):
        Spec("net", (3,), [Dense(4), kind]).without_dropout()


class Still(Wrapped):
    """Draws nothing in training, for all that the seed says."""

    def forward(self, model: object, spec: Spec, x: Array, **how: object) -> Array:
        return self.inner.forward(model, spec, x, **{**how, "seed": 0})  # type: ignore[arg-type]


def test_what_draws_without_zeroing_must_heed_the_seed() -> None:
    spec = Spec("net", (3,), [Dense(4), Jitter(0.5), Dense(2)])
    report = conform(spec, "numpy", checks="dropout")
    assert [row.what for row in report.rows] == ["1 draws in its place"] * 2
    assert report.passed
    failed = conform(spec, Still("numpy"), checks="dropout")
    assert {row.verdict.status for row in failed.rows} == {"fail"}


@cache
def blanked() -> list[str]:
    layers = [Dense(4), PlaneBlank(0.25), Dense(3), PlaneBlank(0.25)]
    report = conform(Spec("net", (2, 4, 3), layers), "numpy", checks="dropout")
    assert report.passed, [str(row) for row in report.rows if not row.verdict.good]
    return [row.what for row in report.rows]


@pytest.mark.parametrize(
    "what",
    [
        "PlaneBlank(0.25) on 8 x 8 x 16: kept fraction",
        "PlaneBlank(0.25) on 8 x 8 x 16: scale of grad_input",
        "two layers draw two masks",
        "1 drops in its place",
    ],
)
def test_the_law_of_dropout_is_that_which_a_layer_states(what: str) -> None:
    assert any(what in found for found in blanked()), blanked()


def test_what_derives_is_enlarged_as_what_it_is() -> None:
    found = Scaled(3, power=4, name="head").enlarged(7, 5, ())
    assert found == ((5,), Scaled(7, power=4))
