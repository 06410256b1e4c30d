"""The base of backends refuses what is unsound before a hook sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import netspec
from netspec import BatchNorm, Dense, Spec
from netspec.contract import Optimizer
from netspec.errors import (
    BackendError,
    InputError,
    NetspecError,
    ParameterError,
    SpecError,
)
from tests.backends.toy import COTANGENT, PARAMS, SPEC, Able, Model, Toy, X


@pytest.fixture
def toy() -> Able:
    return Able()


def train(toy: Able, model: Model, **change: Any) -> Any:
    how: dict[str, Any] = {
        "xs": X[None],
        "ys": COTANGENT[None],
        "optimizer": Optimizer("sgd", 0.5),
        "loss": "mse",
    }
    return toy.train(model, SPEC, **(how | change))


Call = Callable[[Able, Model], Any]
REFUSED: dict[str, tuple[Call, type[NetspecError], str]] = {
    "compile: no Spec": (
        lambda toy, _: toy.compile("net.yaml", seed=0),  # type: ignore[arg-type]
        SpecError,
        "spec must be a Spec, received 'net.yaml'",
    ),
    "compile: dtype": (
        lambda toy, _: toy.compile(SPEC, dtype="float16"),
        BackendError,
        "dtype must be 'float32' or 'float64'",
    ),
    "compile: two sources": (
        lambda toy, _: toy.compile(SPEC, params=PARAMS, seed=0),
        BackendError,
        "give one of them",
    ),
    "compile: seed": (
        lambda toy, _: toy.compile(SPEC, seed=-1),
        NetspecError,
        "seed must be a natural number",
    ),
    "compile: memory": (
        lambda toy, _: toy.compile(Spec("large", (2**24,), [Dense(2**24)])),
        NetspecError,
        "more than the",
    ),
    "compile: params": (
        lambda toy, _: toy.compile(SPEC, params={}),
        ParameterError,
        "missing: 0.weight, 0.bias",
    ),
    "source: no Spec": (
        lambda toy, _: toy.source(None),  # type: ignore[arg-type]
        SpecError,
        "spec must be a Spec",
    ),
    "source: dtype": (
        lambda toy, _: toy.source(SPEC, dtype="int8"),
        BackendError,
        "dtype must be",
    ),
    "listing: dtype": (
        lambda toy, _: toy.listing(SPEC, dtype="int8"),
        BackendError,
        "dtype must be",
    ),
    "params: no Spec": (
        lambda toy, model: toy.params(model, PARAMS),  # type: ignore[arg-type]
        SpecError,
        "spec must be a Spec",
    ),
    "load_params": (
        lambda toy, model: toy.load_params(model, SPEC, {**PARAMS, "1.bias": X}),
        ParameterError,
        "unknown: 1.bias",
    ),
    "forward: a list": (
        lambda toy, model: toy.forward(model, SPEC, X.tolist()),  # type: ignore[arg-type]
        InputError,
        "x must be a NumPy array, received list",
    ),
    "forward: shape": (
        lambda toy, model: toy.forward(model, SPEC, X[0]),
        InputError,
        r"x must have shape \(batch, 3\)",
    ),
    "forward: dtype": (
        lambda toy, model: toy.forward(model, SPEC, X.astype(np.float32)),
        InputError,
        "x must be float64, the dtype of the model",
    ),
    "forward: seed": (
        lambda toy, model: toy.forward(model, SPEC, X, seed=True),
        NetspecError,
        "seed must be a natural number",
    ),
    "forward: a mask": (
        lambda toy, model: toy.forward(model, SPEC, np.ma.masked_less(X, 3)),
        InputError,
        "x must have no mask",
    ),
    "forward: train": (
        lambda toy, model: toy.forward(model, SPEC, X, train="no"),  # type: ignore[arg-type]
        InputError,
        "train must be True or False, received 'no'",
    ),
    "step: train": (
        lambda toy, model: toy.step(model, SPEC, X, COTANGENT, train=1),  # type: ignore[arg-type]
        InputError,
        "train must be True or False, received 1",
    ),
    "trace: train": (
        lambda toy, model: toy.trace(model, SPEC, X, COTANGENT, train=None),  # type: ignore[arg-type]
        InputError,
        "train must be True or False, received None",
    ),
    "source: weights": (
        lambda toy, _: toy.source(SPEC, weights="no"),  # type: ignore[arg-type]
        InputError,
        "weights must be True or False",
    ),
    "compile: a mask": (
        lambda toy, _: toy.compile(
            SPEC, params={n: np.ma.masked_array(a) for n, a in PARAMS.items()}
        ),
        ParameterError,
        r"not a NumPy array: 0.weight \(MaskedArray\)",
    ),
    "step: a mask": (
        lambda toy, model: toy.step(model, SPEC, X, np.ma.masked_array(COTANGENT)),
        InputError,
        r"cotangent must have no mask, which no framework knows; use cotangent.filled",
    ),
    "train: a mask": (
        lambda toy, model: train(toy, model, ys=np.ma.masked_array(COTANGENT[None])),
        InputError,
        "ys must have no mask",
    ),
    "train: optimizer": (
        lambda toy, model: train(toy, model, optimizer="sgd"),
        NetspecError,
        "optimizer must be a netspec.contract.Optimizer, received 'sgd'",
    ),
    "train: loss that is a list": (
        lambda toy, model: train(toy, model, loss=["mse"]),
        NetspecError,
        "loss must be 'mse' or 'cross_entropy'",
    ),
    "step: batch": (
        lambda toy, model: toy.step(model, SPEC, X[:0], COTANGENT),
        InputError,
        "batch of at least 1",
    ),
    "step: cotangent": (
        lambda toy, model: toy.step(model, SPEC, X, COTANGENT[1:]),
        InputError,
        "one row for each example",
    ),
    "trace: seed": (
        lambda toy, model: toy.trace(model, SPEC, X, COTANGENT, seed=2**64),
        NetspecError,
        "seed must be a natural number",
    ),
    "trace: cotangent": (
        lambda toy, model: toy.trace(model, SPEC, X, COTANGENT.astype(np.float32)),
        InputError,
        "cotangent must be float64",
    ),
    "train: inputs": (
        lambda toy, model: train(toy, model, xs=X),
        InputError,
        r"xs must have shape \(steps, batch, 3\)",
    ),
    "train: targets": (
        lambda toy, model: train(toy, model, ys=COTANGENT),
        InputError,
        r"ys must have shape \(1, 4, 2\)",
    ),
    "train: loss": (
        lambda toy, model: train(toy, model, loss="hinge"),
        NetspecError,
        "loss must be 'mse' or 'cross_entropy'",
    ),
    "train: rates": (
        lambda toy, model: train(toy, model, optimizer=Optimizer("sgd", (1.0, 2.0))),
        NetspecError,
        "one for each of the 1 steps",
    ),
    "train: seed": (
        lambda toy, model: train(toy, model, seed=0.5),
        NetspecError,
        "seed must be a natural number",
    ),
    "train: watch": (
        lambda toy, model: train(toy, model, watch=[]),
        NetspecError,
        r"watch must be a function of a step and its parameters, received \[\]",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_unsound_reaches_no_hook(toy: Able, what: str) -> None:
    call, error, message = REFUSED[what]
    with pytest.raises(error, match=message):
        call(toy, PARAMS)
    assert toy.given == []


def test_one_value_for_each_channel_is_refused_in_training_only(toy: Able) -> None:
    spec = Spec("norm", (3,), [BatchNorm()])
    calls: list[Callable[..., Any]] = [
        lambda **how: toy.forward({}, spec, X[:1], **how),
        lambda **how: toy.step({}, spec, X[:1], X[:1], **how),
        lambda **how: toy.trace({}, spec, X[:1], X[:1], **how),
    ]
    for call in calls:
        with pytest.raises(InputError, match="0 BatchNorm: training needs more than"):
            call(train=True)
    assert toy.given == []
    for call in calls:
        call()
    assert len(toy.given) == len(calls)


def test_a_flag_of_numpy_is_a_flag(toy: Able) -> None:
    flag: Any = np.True_
    toy.forward(PARAMS, SPEC, X, train=flag)
    assert toy.given[-1][-1].train is True


def test_a_mistake_of_a_hook_stays_its_own(toy: Able) -> None:
    """Only a model that does not fit is blamed."""

    class Broken(Able):
        def _forward(self, *given: Any) -> Any:
            raise ZeroDivisionError("in the framework")

    with pytest.raises(ZeroDivisionError, match="in the framework"):
        Broken().forward(PARAMS, SPEC, X)
    with pytest.raises(InputError, match="the model is not one") as caught:
        Broken().forward({"0.weight": X}, SPEC, X)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_backend_on_the_base_passes_the_check_of_errors() -> None:
    report = netspec.conform(SPEC, Toy(), checks="errors")
    assert report.passed, report.bad
    assert report.counts["pass"] > 20
