"""Traces: every backend gives what the reference gives, layer by layer, and leaves the
model alone.
"""

from __future__ import annotations

import numpy as np
import pytest

import netspec
from netspec import (
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Identity,
    MaxPool2D,
    Parallel,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    Spec,
    Tanh,
)
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import judge
from netspec.contract import TracingBackend
from tests.signals.nets import BACKENDS, forecast, named

CNN = Spec(
    "cnn",
    (3, 5, 4),
    [
        *(Conv2D(4, kernel_size=3, padding=1), BatchNorm(), Sigmoid(), Identity()),
        Residual([Sequential([Conv2D(4, kernel_size=1, name="inner"), Tanh()])]),
        Parallel([[Conv2D(2, kernel_size=1)], [Sigmoid(), Conv2D(3, kernel_size=1)]]),
        *(MaxPool2D(2), Flatten(), Dense(3), ReLU()),
    ],
)
# Layers that give their input itself, which others read, too
BYPASSED = Spec(
    "bypassed",
    (4,),
    [Residual([Identity()]), Parallel([[Identity()], [Tanh()]], merge="add")],
)
WORDS = Spec(
    "words", (4,), [Embedding(7, dim=3), Flatten(), Dense(2)], input_dtype="int"
)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("spec", "dtype", "train"),
    [
        (CNN, "float32", True),
        (CNN, "float64", False),
        (BYPASSED, "float64", True),
        (WORDS, "float32", True),
    ],
)
def test_every_layer_agrees_with_the_reference(
    backend: str, spec: Spec, dtype: str, train: bool
) -> None:
    case = draw_case(spec, train=train, dtype=dtype)
    own = netspec.backend(backend)
    assert isinstance(own, TracingBackend)
    model = own.compile(spec, params=case.params, dtype=dtype)
    trace = own.trace(model, spec, case.x, case.cotangent, train=train)
    assert set(trace.outputs) == set(trace.grads) == set(spec.shapes())
    received, expected = named(trace), forecast(case)
    assert set(received) == set(expected)
    verdicts = {name: judge(received[name], expected[name]) for name in expected}
    assert {n: v for n, v in verdicts.items() if v.status == "fail"} == {}
    last = spec.graph.nodes[-1].path
    assert np.array_equal(trace.outputs[last], trace.step.output)
    assert np.array_equal(trace.grads[last], case.cotangent)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_model_stays_as_it_is(backend: str) -> None:
    spec = Spec("net", (3,), [Dense(4), BatchNorm(), ReLU(), Dense(2)])
    own = netspec.backend(backend)
    assert isinstance(own, TracingBackend)
    model = own.compile(spec, seed=0, dtype="float32")
    x, cotangent = np.ones((2, 3), np.float32), np.ones((2, 2), np.float32)
    before, given = own.params(model, spec), own.forward(model, spec, x)
    own.trace(model, spec, x, cotangent, train=True)
    after = own.params(model, spec)
    assert all(np.array_equal(before[path], after[path]) for path in before)
    assert np.array_equal(own.forward(model, spec, x), given)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_seed_draws_one_mask_for_both_ways(backend: str) -> None:
    spec = Spec("net", (64,), [Identity(), Dropout(0.5)])
    own = netspec.backend(backend)
    assert isinstance(own, TracingBackend)
    model = own.compile(spec, seed=0, dtype="float32")
    ones = np.ones((2, 64), np.float32)
    trace = own.trace(model, spec, ones, ones, train=True, seed=1)
    assert set(np.unique(trace.outputs["1"])) == {0, 2}
    assert np.array_equal(trace.outputs["1"], trace.grads["0"])


@pytest.mark.parametrize("backend", BACKENDS)
def test_bad_input_is_refused(backend: str) -> None:
    spec = Spec("net", (3,), [Dense(2)])
    own = netspec.backend(backend)
    assert isinstance(own, TracingBackend)
    model = own.compile(spec, seed=0, dtype="float32")
    x, cotangent = np.ones((2, 3), np.float32), np.ones((2, 2), np.float32)
    with pytest.raises(netspec.InputError, match="x must have shape"):
        own.trace(model, spec, x[:, :2], cotangent)
    with pytest.raises(netspec.InputError, match="one row for each example"):
        own.trace(model, spec, x, cotangent[:1])
