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
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import agree, forecast, judge
from netspec.contract import Step
from netspec.spec import Spec
from netspec_gluon import backend
from tests.backends.cases import COTANGENT, SPEC, X


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


def test_forward_and_step_draw_alike(model: Any) -> None:
    drawn, one, other = (
        backend.forward(model, SPEC, X, train=True, seed=seed)
        for seed in (1, None, None)
    )
    assert np.array_equal(step(model, seed=1).output, drawn)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dropout_scales_exactly(dtype: str) -> None:
    rate, size = 0.3, 2**16
    spec = Spec("drop", (size,), [nl.Dropout(rate)])
    x = np.random.default_rng(0).normal(size=(1, size)).astype(dtype)
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
