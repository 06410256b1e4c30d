"""A step in plain JAX, and its verdict by the reference: what a transformation changes
in the order of operations is allowed, and nothing more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from netspec import layers as nl
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import Case, forecast, judge, tensors
from netspec.contract import Step
from netspec.spec import Spec
from netspec_jax import PureModel, backend
from netspec_jax._arrays import to_arrays

CONV = nl.Conv2D(4, kernel_size=3, padding=1)
LAYERS = [
    CONV,
    nl.BatchNorm(),
    nl.Residual([nl.Tanh(), CONV]),
    nl.AvgPool2D(2),
    nl.Flatten(),
    nl.Dense(3),
]
SPEC = Spec("net", (2, 6, 5), LAYERS)
CASE = draw_case(SPEC, train=True, dtype="float32", batch=8)
MODEL = backend.compile(SPEC, params=CASE.params)


def step(apply: Callable[..., Any], *inputs: Any) -> Any:
    """Output, gradients and state for parameters, state, a batch and a cotangent."""
    params, state, x, cotangent = inputs

    def forward(params: Any, x: Any) -> Any:
        return apply(params, state, x)

    y, pullback, after = jax.vjp(forward, params, x, has_aux=True)
    return y, pullback(cotangent), after


def train(params: Any, state: Any, x: Any) -> Any:
    """The model in training mode."""
    return MODEL.apply(params, state, x, train=True)


def inputs(model: PureModel = MODEL, case: Case = CASE) -> tuple[Any, ...]:
    """What `step` takes."""
    return model.params, model.state, case.x, case.cotangent


def check(seen: Any) -> None:
    """Assert that what `step` gave agrees with the reference."""
    y, (grads, dx), state = jax.tree.map(np.asarray, seen)
    trees = to_arrays(SPEC, grads), to_arrays(SPEC, state)
    expected = forecast(CASE).tensors
    found = tensors(Step(y, dx, *trees))
    assert found.keys() == expected.keys()
    for name, tensor in found.items():
        assert judge(tensor, expected[name]).status == "pass", name
