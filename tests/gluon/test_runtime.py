"""forward and step: pure, seeded, and equal to what autograd gives by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import mxnet as mx
import numpy as np
import pytest
from mxnet import autograd
from mxnet.gluon import nn

from netspec import layers as nl
from netspec.backend import Step
from netspec.conformance import agree, draw_case, forecast, judge
from netspec.errors import InputError, NetspecError
from netspec.spec import Spec
from netspec_gluon import backend

SPEC = Spec(
    "net",
    (3, 6, 5),
    [
        nl.Conv2D(4, kernel_size=3),
        nl.BatchNorm(),
        nl.Dropout(0.5),
        nl.Residual([nl.Dense(3)]),
        nl.GlobalAvgPool2D(),
    ],
)
WORDS = Spec("words", (7,), [nl.Embedding(5, dim=3), nl.Dense(2)], input_dtype="int")

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(5, *SPEC.input_shape))
COTANGENT = RANDOM.normal(size=(5, *SPEC.output_shape))


@pytest.fixture
def model() -> Any:
    return backend.compile(SPEC, seed=0, dtype="float64")


def step(model: Any, train: bool = True, seed: int | None = 3) -> Step:
    return backend.step(model, SPEC, X, COTANGENT, train=train, seed=seed)


def to_nd(array: np.ndarray) -> Any:
    return mx.nd.array(array, dtype=array.dtype)


@pytest.mark.parametrize("train", [True, False])
def test_step_is_forward_and_backward(model: Any, train: bool) -> None:
    result = step(model, train)
    mx.random.seed(3)
    x = to_nd(X)
    x.attach_grad()
    with autograd.record(train_mode=train):
        y = model(x)
    y.backward(to_nd(COTANGENT), train_mode=train)
    assert np.array_equal(result.output, y.asnumpy())
    assert result.grad_input is not None
    assert np.array_equal(result.grad_input, x.grad.asnumpy())
    parameters = model.collect_params().values()
    learned = [p.grad().asnumpy() for p in parameters if p.grad_req != "null"]
    assert len(learned) == len(result.grad_params)
    for grad, expected in zip(result.grad_params.values(), learned, strict=True):
        assert np.array_equal(grad, expected)
    assert list(result.state) == ["1.running_mean", "1.running_var"]
    moved = (
        model[1].running_mean.data().asnumpy(),
        model[1].running_var.data().asnumpy(),
    )
    assert all(map(np.array_equal, result.state.values(), moved))
    assert train == bool(moved[0].any())


@pytest.mark.parametrize("hybrid", [True, False])
def test_a_step_leaves_the_model_as_it_was(model: Any, hybrid: bool) -> None:
    model.hybridize(hybrid, static_alloc=hybrid, static_shape=hybrid)
    before, x = backend.params(model, SPEC), X.copy()
    weight = model[0].weight
    weight.grad()[:] = 7
    model[0].bias.grad_req = "add"
    for _ in range(2):
        step(model, train=True)
        backend.forward(model, SPEC, X, train=True, seed=1)
    after = backend.params(model, SPEC)
    assert all(np.array_equal(after[path], before[path]) for path in before)
    assert np.all(weight.grad().asnumpy() == 7)
    assert model[0].bias.grad_req == "add"
    assert not autograd.is_recording()
    assert np.array_equal(X, x)


def test_frozen_parameters_have_gradients_too(model: Any) -> None:
    wanted = step(model).grad_params
    model.collect_params().setattr("grad_req", "null")
    held = step(model).grad_params
    assert all(np.array_equal(held[name], grad) for name, grad in wanted.items())
    assert {p.grad_req for p in model.collect_params().values()} == {"null"}


def test_a_step_inside_of_a_recording(model: Any) -> None:
    expected = step(model)
    for recording in (autograd.record, autograd.pause, autograd.predict_mode):
        with recording():
            received = step(model)
        assert np.array_equal(received.output, expected.output)


def test_a_seed_decides_dropout(model: Any) -> None:
    def output(seed: int | None) -> bytes:
        return backend.forward(model, SPEC, X, train=True, seed=seed).tobytes()

    assert output(1) == output(1) != output(2)
    assert output(None) != output(None)
    assert output(2**64 - 1) == output(2**64 - 1)
    assert step(model, seed=1).output.tobytes() == output(1)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dropout_scales_exactly(dtype: str) -> None:
    rate, size = 0.3, 2**16
    spec = Spec("drop", (size,), [nl.Dropout(rate)])
    x = RANDOM.normal(size=(1, size)).astype(dtype)
    seen = np.ones_like(x)
    model = backend.compile(spec, dtype=dtype)
    result = backend.step(model, spec, x, seen, train=True, seed=0)
    kept = result.output != 0
    assert result.grad_input is not None
    assert np.array_equal(result.grad_input != 0, kept)
    # an exact binomial has this deviation less than once in 10^9 runs
    assert abs(kept.mean() - (1 - rate)) < 6.11 * np.sqrt(rate * (1 - rate) / size)
    wanted = x.astype(np.float64) / (1 - rate)
    error = (
        np.abs(result.output - wanted)[kept] / np.spacing(np.abs(x / (1 - rate)))[kept]
    )
    assert error.max() <= 2
    assert np.array_equal(backend.forward(model, spec, x), x)


POOLS = (
    nl.MaxPool2D(2),
    nl.MaxPool2D(3, stride=2, ceil_mode=True),
    nl.GlobalMaxPool2D(keepdims=True),
)


@pytest.mark.parametrize("pool", POOLS, ids=repr)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_max_pooling_has_right_gradients_in_evaluation(
    pool: nl.Layer, dtype: str
) -> None:
    """Those of the network itself are wrong there: oneDNN takes no note of maxima."""
    layers = [nl.BatchNorm(), nl.Dropout(0.5), pool, nl.Flatten(), nl.Dense(2)]
    spec = Spec("pooled", (4, 7, 6), layers)
    plain = draw_case(spec.without_dropout(), train=False, dtype=dtype)
    case = replace(plain, spec=spec)
    agreement = agree(backend, case)
    assert agreement.passed, str(agreement)
    x = to_nd(case.x)
    x.attach_grad()
    with autograd.record(train_mode=False):
        y = backend.compile(spec, params=case.params, dtype=dtype)(x)
    y.backward(to_nd(case.cotangent), train_mode=False)
    expected = forecast(plain, backend.numerics).tensors["grad_input"]
    verdict = judge(x.grad.asnumpy(), expected)
    assert verdict.status == ("fail" if dtype == "float32" else "pass")


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "int16"])
def test_indices_of_any_width(dtype: str) -> None:
    model = backend.compile(WORDS, seed=0)
    x = (np.arange(14).reshape(2, 7) % 5).astype(dtype)
    result = backend.step(model, WORDS, x, np.ones((2, 7, 2), np.float32))
    assert result.grad_input is None
    assert np.array_equal(result.output, backend.forward(model, WORDS, x))
    assert np.array_equal(result.output, backend.forward(model, WORDS, x.astype("i8")))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_model_without_parameters_takes_either_dtype(dtype: str) -> None:
    spec = Spec("tanh", (3,), [nl.Tanh()])
    model = backend.compile(spec, dtype=dtype)
    assert backend.forward(model, spec, np.ones((2, 3), dtype)).dtype == dtype


def test_outputs_share_no_memory() -> None:
    spec = Spec("same", (3,), [nl.Identity()])
    x = np.zeros((2, 3), np.float32)
    backend.forward(backend.compile(spec), spec, x)[:] = 1
    assert not x.any()
    x.flags.writeable = False
    assert not backend.forward(backend.compile(spec), spec, x[:, ::-1]).any()


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (X.astype(np.float32), "x must be float64"),
        (X[:, :2], "x must have shape"),
        (X[:0], "batch of at least 1"),
        ([1.0], "x must be a NumPy array"),
    ],
)
def test_bad_batches_are_refused(model: Any, x: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        backend.forward(model, SPEC, x)
    with pytest.raises(InputError, match=message):
        backend.step(model, SPEC, x, COTANGENT)


def test_bad_cotangents_and_indices_are_refused(model: Any) -> None:
    with pytest.raises(InputError, match="one row for each example"):
        backend.step(model, SPEC, X, COTANGENT[:2])
    words = backend.compile(WORDS, seed=0)
    with pytest.raises(InputError, match=r"indices must be in 0\.\.4"):
        backend.forward(words, WORDS, np.full((2, 7), 5))


class Broken(nn.HybridBlock):  # type: ignore[misc]
    """An operator that fails in the engine, after the call has returned."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.linalg.potrf(-F.ones((3, 3))).sum() + x


def test_errors_of_the_engine_surface_in_the_call() -> None:
    spec = Spec("broken", (1,), [nl.Identity()])
    model = backend.compile(spec)
    model._children["0"] = Broken()
    x = np.ones((1, 1), np.float32)
    for run in (
        lambda: backend.forward(model, spec, x),
        lambda: backend.step(model, spec, x, x),
    ):
        with pytest.raises(mx.MXNetError):
            run()
    mx.nd.waitall()  # nothing is left for others


def test_training_on_one_value_for_each_channel_is_refused() -> None:
    spec = Spec("norm", (3,), [nl.BatchNorm()])
    model = backend.compile(spec, seed=0)
    x = np.ones((1, 3), np.float32)
    with pytest.raises(InputError, match="more than one value"):
        backend.forward(model, spec, x, train=True)
    assert backend.forward(model, spec, x).shape == (1, 3)


def test_a_seed_that_is_none_is_refused(model: Any) -> None:
    with pytest.raises(NetspecError, match="seed must be a natural number"):
        step(model, seed=-1)
