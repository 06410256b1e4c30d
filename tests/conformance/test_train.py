"""Training as an ability of a backend: seeded, and strict about its batches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import netspec
from netspec import BatchNorm, Dense, Dropout, Spec
from netspec.contract import Array, Method, Optimizer, Trained
from netspec.errors import InputError, NetspecError
from tests.conformance.trained import FRAMEWORKS


def trained(name: str, seed: int | None, steps: int = 2, **change: Any) -> Trained:
    backend: Any = netspec.backend(name)
    spec = Spec("drop", (6,), [Dense(8), BatchNorm(), Dropout(0.5), Dense(3)])
    random = np.random.default_rng(0)
    given: dict[str, Any] = {
        "xs": random.normal(size=(2, 3, 6))[:steps],
        "ys": random.integers(0, 3, (2, 3))[:steps],
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


@pytest.mark.parametrize("name", FRAMEWORKS)
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_watching_shows_every_step_and_changes_nothing(
    name: str, optimizer: Method
) -> None:
    seen: dict[int, dict[str, Array]] = {}

    def watch(step: int, params: dict[str, Array]) -> None:
        seen[step] = {path: array.copy() for path, array in params.items()}
        for array in params.values():
            array.fill(np.nan)  # what it is told is its own

    how: dict[str, Any] = {"optimizer": Optimizer(optimizer, 0.1, momentum=0.5)}
    alone, watched = trained(name, 1, **how), trained(name, 1, **how, watch=watch)
    assert np.array_equal(watched.losses, alone.losses)
    assert list(seen) == [0, 1]
    one_step = trained(name, 1, **how, steps=1).params
    for expected, *found in (
        (alone.params, watched.params, seen[1]),
        (one_step, seen[0]),
    ):
        for params in found:
            assert list(params) == list(expected)
            assert all(np.array_equal(params[path], expected[path]) for path in params)


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
    model, sgd = backend.compile(spec, dtype="float64"), Optimizer("sgd", 0.1)
    with pytest.raises(InputError, match=r"\(classes,\)"):
        backend.train(model, spec, xs, ys, sgd, "cross_entropy")


def test_an_optimizer_has_a_known_method() -> None:
    with pytest.raises(NetspecError, match="'sgd' or 'adam'"):
        Optimizer("lion", 0.1)  # type: ignore[arg-type]


def test_training_follows_its_course() -> None:
    """Plain SGD on a linear model is a recurrence that NumPy states in two lines."""
    backend: Any = netspec.backend("numpy")
    spec = Spec("line", (1,), [Dense(1, bias=False)])
    weight, rate, (x, y) = np.array([[2.0]]), 0.125, (2.0, 1.0)
    xs, ys = np.full((4, 1, 1), x), np.full((4, 1, 1), y)
    model = backend.compile(spec, params={"0.weight": weight}, dtype="float64")
    trained = backend.train(model, spec, xs, ys, Optimizer("sgd", rate / x**2), "mse")
    errors = (2 * x - y) * (1 - 2 * rate) ** np.arange(5)  # all exact in binary
    assert np.array_equal(trained.losses, errors[:4] ** 2)
