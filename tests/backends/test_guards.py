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


def test_a_backend_on_the_base_passes_the_check_of_errors() -> None:
    report = netspec.conform(SPEC, Toy(), checks="errors")
    assert report.passed, report.bad
    assert report.counts["pass"] > 20
