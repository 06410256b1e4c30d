"""The reference as a backend: results are the caller's, and limits at infinity."""

from __future__ import annotations

import math

import numpy as np
import pytest

import netspec
from netspec import layers as nl
from netspec.errors import NetspecError
from netspec.layers import Layer
from netspec.spec import Spec
from netspec_numpy import backend

X = np.array([[-1.0, 0.5, 2.0], [3.0, -2.0, 1.0]])


def test_results_share_no_memory_with_arguments_or_model() -> None:
    spec = Spec("view", (3,), [nl.Identity()])
    model = backend.compile(spec, dtype="float64")
    cotangent = np.ones_like(X)
    assert not np.shares_memory(backend.forward(model, spec, X), X)
    step = backend.step(model, spec, X, cotangent)
    assert not np.shares_memory(step.output, X)
    assert step.grad_input is not None
    assert not np.shares_memory(step.grad_input, cotangent)

    spec = Spec("norm", (3,), [nl.BatchNorm()])
    model = backend.compile(spec, seed=0, dtype="float64")
    for path, value in backend.step(model, spec, X, cotangent).state.items():
        assert not np.shares_memory(value, model.params[path])


def test_every_backend_compiles_to_float32_unless_told() -> None:
    """A loop over backends takes the same batch with all of them."""
    spec, x = Spec("dense", (3,), [nl.Dense(2)]), np.ones((1, 3), np.float32)
    installed = (n for n, found in netspec.backends().items() if found.installed)
    for name in (n for n in installed if n != "keras-torch"):  # of another process
        model, tool = netspec.compile(spec, name, seed=0), netspec.backend(name)
        assert tool.forward(model, spec, x).dtype == np.float32
        assert {v.dtype.name for v in tool.params(model, spec).values()} == {"float32"}


def test_parameters_become_plain_arrays() -> None:
    spec = Spec("dense", (3,), [nl.Dense(2, bias=False)])
    weight = np.arange(6.0).reshape(2, 3)
    params = {"0.weight": weight.view(np.matrix)}
    model = backend.compile(spec, params=params, dtype="float64")
    assert np.array_equal(backend.forward(model, spec, X), X @ weight.T)


def test_a_seed_that_is_none_is_refused() -> None:
    spec = Spec("drop", (3,), [nl.Dropout()])
    model = backend.compile(spec, dtype="float64")
    with pytest.raises(NetspecError, match="seed must be a natural number"):
        backend.forward(model, spec, X, train=True, seed=-1)


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
    model = backend.compile(spec, dtype="float64")
    with np.errstate(invalid="ignore"):  # -inf * 0
        step = backend.step(model, spec, x, np.ones_like(x))
    if limits is not None:
        assert step.output.tolist() == [list(limits)]
    if slopes is not None and step.grad_input is not None:
        assert step.grad_input.tolist() == [list(slopes)]
