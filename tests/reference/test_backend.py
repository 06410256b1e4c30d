"""The reference as a backend: results are the caller's, and limits at infinity."""

from __future__ import annotations

import math

import numpy as np
import pytest

from netspec import layers as nl
from netspec.errors import NetspecError
from netspec.layers import Layer
from netspec.spec import Spec
from netspec_numpy import backend

X = np.array([[-1.0, 0.5, 2.0], [3.0, -2.0, 1.0]])


def test_results_share_no_memory_with_arguments_or_model() -> None:
    spec = Spec("view", (3,), [nl.Identity()])
    model = backend.compile(spec)
    cotangent = np.ones_like(X)
    assert not np.shares_memory(backend.forward(model, spec, X), X)
    step = backend.step(model, spec, X, cotangent)
    assert not np.shares_memory(step.output, X)
    assert step.grad_input is not None
    assert not np.shares_memory(step.grad_input, cotangent)

    spec = Spec("norm", (3,), [nl.BatchNorm()])
    model = backend.compile(spec, seed=0)
    for path, value in backend.step(model, spec, X, cotangent).state.items():
        assert not np.shares_memory(value, model.params[path])


def test_parameters_become_plain_arrays() -> None:
    spec = Spec("dense", (3,), [nl.Dense(2, bias=False)])
    weight = np.arange(6.0).reshape(2, 3)
    model = backend.compile(spec, params={"0.weight": weight.view(np.matrix)})
    assert np.array_equal(backend.forward(model, spec, X), X @ weight.T)


def test_a_seed_that_is_none_is_refused() -> None:
    spec = Spec("drop", (3,), [nl.Dropout()])
    with pytest.raises(NetspecError, match="seed must be a natural number"):
        backend.forward(backend.compile(spec), spec, X, train=True, seed=-1)


@pytest.mark.parametrize(
    ("layer", "limits", "slopes"),
    [
        (nl.ELU(0.5), (-0.5, math.inf), (0, 1)),
        (nl.CELU(0.5), (-0.5, math.inf), (0, 1)),
        (nl.SELU(), (-1.0507009873554805 * 1.6732632423543772, math.inf), None),
        (nl.ReLU(), (0, math.inf), (0, 1)),
        (nl.Softplus(), (0, math.inf), (0, 1)),
        (nl.HardSigmoid(), (0, 1), (0, 0)),
        (nl.HardSwish(), None, (0, 1)),
    ],
)
def test_limits_at_infinity(
    layer: Layer,
    limits: tuple[float, float] | None,
    slopes: tuple[float, float] | None,
) -> None:
    spec = Spec("limit", (2,), [layer])
    x = np.array([[-math.inf, math.inf]])
    with np.errstate(invalid="ignore"):  # -inf * 0
        step = backend.step(backend.compile(spec), spec, x, np.ones_like(x))
    if limits is not None:
        assert step.output.tolist() == [list(limits)]
    if slopes is not None and step.grad_input is not None:
        assert step.grad_input.tolist() == [list(slopes)]
