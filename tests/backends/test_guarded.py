"""The base of backends hands sound arguments over, and has no ability that its author
did not ask for.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netspec
from netspec import Identity, Spec, init_params
from netspec.contract import (
    Array,
    Backend,
    GuardedBackend,
    GuardedListing,
    GuardedTracing,
    GuardedTraining,
    ListingBackend,
    Mode,
    NumericsBackend,
    ObserverBackend,
    Optimizer,
    QuickBackend,
    SeededBackend,
    TracingBackend,
    Trained,
    TrainingBackend,
)
from netspec.errors import BackendError
from tests.backends.toy import COTANGENT, PARAMS, SPEC, Able, Toy, X

ROOT = Path(__file__).parents[2]
SGD = Optimizer("sgd", 0.5)
# Keras computes in float32 alone: see tests/backends/keras
INSTALLED = [
    name
    for name, state in netspec.backends().items()
    if state.installed and not name.startswith("keras")
]


@pytest.fixture
def toy() -> Able:
    return Able()


def train(toy: Able, **how: Any) -> Trained:
    given: dict[str, Any] = {"optimizer": SGD, "loss": "mse", **how}
    return toy.train(PARAMS, SPEC, **given)


def test_sound_arguments_reach_the_hooks(toy: Able) -> None:
    toy.compile(SPEC, params=PARAMS, dtype="float64", device="gpu")
    toy.forward(PARAMS, SPEC, X)
    toy.step(PARAMS, SPEC, X, COTANGENT, train=True, seed=np.int64(3))  # type: ignore[arg-type]
    compiled, forward, step = toy.given
    assert compiled == ("compile", PARAMS, "float64", "gpu")
    assert forward[2] == Mode("float64", train=False, seed=None)
    assert step[3] == Mode("float64", train=True, seed=3)
    assert type(step[3].seed) is int
    assert np.array_equal(forward[1], X)
    assert np.array_equal(step[1], X)
    assert np.array_equal(step[2], COTANGENT)


def test_a_seed_draws_portable_parameters(toy: Able) -> None:
    model = toy.compile(SPEC, seed=5, dtype="float64")
    wanted = init_params(SPEC, 5, "float64")
    assert {path: a.tobytes() for path, a in toy.params(model, SPEC).items()} == {
        path: a.tobytes() for path, a in wanted.items()
    }
    assert toy.compile(SPEC)["0.weight"].dtype == np.float32
    assert toy.given[-1] == ("compile", None, "float32", None)


def test_without_parameters_a_batch_has_the_dtype(toy: Able) -> None:
    spec = Spec("same", (3,), [Identity()])
    for dtype in ("float32", "float64"):
        assert toy.forward({}, spec, X.astype(dtype)).dtype == dtype
        assert toy.given[-1][2].dtype == dtype


def test_training_is_handed_over_as_one_value(toy: Able) -> None:
    labels = np.array([[0, 1, 1, 0]] * 2)
    xs = np.stack([X, X])
    train(toy, xs=xs, ys=labels, loss="cross_entropy", seed=1)
    ((_, how), *_) = toy.given
    assert how.xs is xs
    assert how.ys is labels
    assert (how.optimizer, how.loss, how.rates) == (SGD, "cross_entropy", (0.5, 0.5))
    assert (how.dtype, how.seed, how.watch) == ("float64", 1, None)


def test_who_watches_is_told_of_every_step(toy: Able) -> None:
    seen: list[tuple[int, dict[str, Array]]] = []
    xs, ys = np.stack([X] * 3), np.stack([COTANGENT] * 3)
    trained = train(toy, xs=xs, ys=ys, watch=lambda *told: seen.append(told))
    assert [step for step, _ in seen] == [0, 1, 2]
    assert all(params.keys() == trained.params.keys() for _, params in seen)
    calls = len(toy.given)
    train(toy, xs=xs, ys=ys)
    reads = [given for given in toy.given[calls:] if given[0] == "params"]
    assert len(reads) == 1  # unwatched, parameters are read once


@pytest.mark.parametrize("kind", [np.ndarray, np.matrix])
def test_a_hook_owns_plain_copies_of_its_batch(toy: Able, kind: type[Array]) -> None:
    spec = Spec("same", (3,), [Identity()])
    x, cotangent = X.copy().view(kind), X.copy().view(kind)
    x.flags.writeable = False
    y = toy.forward({}, spec, x)
    step, trace = toy.step({}, spec, x, cotangent), toy.trace({}, spec, x, cotangent)
    for array in (y, step.output, step.grad_input, trace.step.output):
        assert type(array) is np.ndarray
        assert not np.shares_memory(array, x)
        assert not np.shares_memory(array, cotangent)
        np.add(array, 1, out=array)
    assert np.array_equal(np.asarray(x), X)
    assert np.array_equal(np.asarray(cotangent), X)


@pytest.mark.parametrize("name", INSTALLED)
@pytest.mark.parametrize("loaded", [False, True])
def test_models_share_no_memory_with_what_is_given_and_read(
    name: str, loaded: bool
) -> None:
    ours = netspec.backend(name)
    given = {path: array.copy() for path, array in PARAMS.items()}
    model = ours.compile(SPEC, params=given, dtype="float64")
    if loaded:
        model = ours.load_params(model, SPEC, given)
    before = ours.forward(model, SPEC, X)
    for arrays in (given, ours.params(model, SPEC)):
        for array in arrays.values():
            np.add(array, 1, out=array)
    assert np.array_equal(ours.forward(model, SPEC, X), before)


# What it can do


def test_it_is_a_backend_with_the_abilities_that_it_derives(toy: Able) -> None:
    assert isinstance(Toy(), Backend)
    abilities = {
        "listing": ListingBackend,
        "trace": TracingBackend,
        "train": TrainingBackend,
        "quick": QuickBackend,
        "seeded": SeededBackend,
        "numerics": NumericsBackend,
        "observer": ObserverBackend,
    }
    for name, protocol in abilities.items():
        assert not hasattr(Toy(), name)
        assert not isinstance(Toy(), protocol)
    for name in ("listing", "trace", "train"):
        assert isinstance(toy, abilities[name])
    for ours in map(netspec.backend, INSTALLED):
        for member, protocol in abilities.items():
            assert isinstance(ours, protocol) == hasattr(ours, member)


@pytest.mark.parametrize("check", ["training", "source"])
def test_a_missing_ability_is_unsupported(check: str) -> None:
    rows = netspec.conform(SPEC, Toy(), "float64", check).rows
    assert rows
    assert {row.verdict.status for row in rows} == {"unsupported"}


def test_probe_says_what_is_missing() -> None:
    with pytest.raises(BackendError, match="backend 'toy' has no 'trace'"):
        netspec.probe(SPEC, Toy())


def test_no_source_unless_there_is_a_hook(toy: Able) -> None:
    with pytest.raises(BackendError, match="the toy backend exports no source"):
        toy.source(SPEC)


@pytest.mark.parametrize("ability", [GuardedListing, GuardedTracing, GuardedTraining])
def test_a_hook_that_is_forgotten_is_named(ability: type) -> None:
    half = type("Half", (Toy, ability), {})
    hook = {"GuardedListing": "_listing", "GuardedTracing": "_trace"}
    wanted = hook.get(ability.__name__, "_train")
    with pytest.raises(TypeError, match=f"abstract method '?{wanted}"):
        half()
    with pytest.raises(TypeError, match="_compile"):
        type("Bare", (GuardedBackend,), {"name": "bare"})()


def test_the_page_shows_every_hook() -> None:
    bases = (GuardedBackend, GuardedListing, GuardedTracing, GuardedTraining)
    hooks = {hook for base in bases for hook in base.__abstractmethods__}
    page = (ROOT / "backends/README.md").read_text(encoding="utf-8")
    for hook in hooks | {"_source", "_compile_seeded"}:
        names = inspect.signature(getattr(Able, hook)).parameters
        assert f"`{hook}({', '.join(list(names)[1:])})`" in page


@pytest.mark.parametrize("name", INSTALLED)
def test_ours_have_the_docstrings_of_the_contract(name: str) -> None:
    ours = type(netspec.backend(name))
    for member in ("compile", "source", "params", "load_params", "forward", "step"):
        assert inspect.getdoc(getattr(ours, member)), member
