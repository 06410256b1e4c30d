"""Whole nets against the reference. tests/examples/test_nets.py has their published
shapes; here they are narrow, and their images small. In JAX they are short, too: XLA
compiles every block of a net anew, however alike they are.
`make conform` has them all, by every check.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

import nets
import netspec
from netspec import Container, Layer, Sequential, Spec
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import (
    Case,
    Forecast,
    compare,
    forecast,
    numerics_of,
    step_with,
)
from netspec.contract import Backend, Numerics
from tests.narrow import NARROW


def short(net: Spec, blocks: int) -> Spec:
    """The net with so many blocks in each stage that is a sequence of blocks."""

    def stage(layer: Layer) -> Layer:
        if not isinstance(layer, Sequential):
            return layer
        begins = [i for i, one in enumerate(layer.layers) if isinstance(one, Container)]
        end = begins[blocks] if len(begins) > blocks else None
        return replace(layer, layers=layer.layers[:end])

    return replace(net, layers=list(map(stage, net.layers)))


SEPARABLE = ((64, 1), (128, 2), (256, 2), (512, 2), (512, 1), (1024, 2))
SHORT = NARROW | {
    **{
        name: short(NARROW[name], 1)
        for name in ("googlenet", "resnet18", "resnet18_v2")
    },
    "densenet121": short(NARROW["densenet121"], 2),
    "mobilenet": nets.mobilenet((3, 64, 48), 10, 1 / 8, SEPARABLE),
}


# Both modes and both dtypes, not their product: `make conform` has that
RUNS = [
    (framework, mode, dtype)
    for framework in ("torch", "gluon", "jax")
    for mode, dtype in (("training", "float64"), ("evaluation", "float32"))
]


@pytest.mark.slow
@pytest.mark.parametrize("name", NARROW)
@pytest.mark.parametrize(("framework", "mode", "dtype"), RUNS)
def test_net(framework: str, mode: str, dtype: str, name: str) -> None:
    train = mode == "training"
    net = (SHORT if framework == "jax" else NARROW)[name]
    backend, case = backend_of(framework), case_of(net, train, dtype)
    model = backend.compile(case.spec, params=case.params, dtype=dtype)
    numerics = numerics_of(backend, case)
    expected = forecast_of(net, train, dtype, numerics)
    agreement = compare(step_with(backend, model, case), case, numerics, expected)
    assert not agreement.failures, str(agreement)
    if dtype == "float64":  # float32 rounding alone may exceed 1e-3 in a deep net
        assert agreement.passed, str(agreement)


def backend_of(framework: str) -> Backend:
    if not netspec.backends()[framework].installed:
        pytest.skip(f"{framework} is not installed")
    return netspec.backend(framework)


@cache
def case_of(net: Spec, train: bool, dtype: str) -> Case:
    # Weights that keep the signal in range at this width; a small batch is enough
    plain = replace(net.without_dropout(), init="he")
    return draw_case(plain, train=train, dtype=dtype, batch=3)


@cache
def forecast_of(net: Spec, train: bool, dtype: str, numerics: Numerics) -> Forecast:
    """Shared by the frameworks that compute in the same way."""
    return forecast(case_of(net, train, dtype), numerics)
