"""What an error of a call advises is accepted in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import NetspecError, Spec
from netspec.contract import Optimizer

NORM = Spec("norm", (3,), [ns.Dense(3), ns.BatchNorm()])
IMAGE = Spec("image", (2, 4), [ns.Dense(2)])
WORDS = Spec("words", (2,), [ns.Embedding(3, dim=2)], input_dtype="int")
TOOL: Any = ns.backend("numpy")
ONES = np.ones((1, 2, 2, 4), np.float32)


def trained(spec: Spec, ys: Any, loss: str) -> Any:
    model = ns.compile(spec, "numpy", seed=0)
    return TOOL.train(model, spec, ONES, ys, Optimizer("sgd", 0.1), loss)


def stepped(batch: int) -> Any:
    x = np.ones((batch, 3), np.float32)
    return TOOL.step(ns.compile(NORM, "numpy", seed=0), NORM, x, x, train=True)


def drawn(**bounds: float) -> Spec:
    weight: Any = ns.Uniform(**bounds) if len(bounds) > 1 else ns.Constant(**bounds)
    return Spec("drawn", (3,), [ns.Dense(2, init={"weight": weight})])


def scaled(gain: float) -> Spec:
    return Spec("scaled", (3,), [ns.Dense(2, init={"weight": ns.XavierNormal(gain)})])


@pytest.mark.parametrize(
    ("wrong", "said", "right"),
    [
        (
            lambda: stepped(1),
            "a batch of at least 2",
            lambda: stepped(2),
        ),
        (
            lambda: trained(IMAGE, np.zeros((1, 2), np.int64), "cross_entropy"),
            "use mse",
            lambda: trained(IMAGE, np.zeros((1, 2, 2, 2), np.float32), "mse"),
        ),
        (
            lambda: trained(IMAGE, np.zeros((1, 2, 2, 2)), "mse"),
            "use ys.astype('float32')",
            lambda: trained(IMAGE, np.zeros((1, 2, 2, 2)).astype("float32"), "mse"),
        ),
        (
            lambda: drawn(low=1.0, high=1.0),
            "use Constant for one value",
            lambda: drawn(value=1.0),
        ),
        (
            lambda: scaled(1e300),
            "use a scale or gain nearer to 1",
            lambda: scaled(1e3),
        ),
        (
            lambda: Spec("ints", (2,), [ns.Dense(2)], input_dtype="int"),
            "put an Embedding before it",
            lambda: WORDS,
        ),
        (
            lambda: Spec("floats", (2,), [ns.Embedding(3, dim=2)]),
            "give the spec input_dtype='int'",
            lambda: WORDS,
        ),
        (
            lambda: Spec("flat", (8,), [ns.Conv1D(2, kernel_size=3)]),
            "add a Reshape",
            lambda: Spec(
                "flat", (8,), [ns.Reshape((2, 4)), ns.Conv1D(2, kernel_size=3)]
            ),
        ),
    ],
)
def test_the_advice_works(
    wrong: Callable[[], object], said: str, right: Callable[[], object]
) -> None:
    with pytest.raises(NetspecError) as caught:
        wrong()
    assert said in str(caught.value)
    assert right() is not None
