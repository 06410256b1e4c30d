"""Rounding that remains where a function is flat: what frameworks compute there is no
longer exact relative to the result, which may be all that a tensor holds.
"""

from __future__ import annotations

import numpy as np
import pytest

import netspec
from netspec import CELU, Layer, LeakyReLU, LogSoftmax, Residual, Spec, Tanh
from netspec import layers as nl
from netspec.conformance import draw_case
from netspec.conformance.judging import Case, agree

FLAT = (
    *(nl.CELU(0.3), nl.ELU(), nl.GELU(), nl.GLU(), nl.LogSigmoid(), nl.SELU()),
    *(nl.SiLU(1.7), nl.Softplus(), nl.Softplus(0.3), nl.Softsign(), nl.TanhShrink()),
)

dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])


def all_near(layer: Layer, x: float, dtype: str) -> Case:
    """A step at whose inputs all are `x`, but for a thousandth."""
    random = np.random.default_rng(0)
    near = x * (1 + 1e-3 * random.normal(size=(2, 40)))
    spec = Spec("flat", (40,), [layer])
    cotangent = random.normal(size=(2, *spec.output_shape))
    return Case(spec, {}, near.astype(dtype), cotangent.astype(dtype), True, dtype)


@pytest.mark.parametrize("name", ["torch", "gluon"])
@pytest.mark.parametrize("layer", FLAT, ids=repr)
@dtypes
def test_tensors_of_flat_values_do_not_fail(
    name: str, layer: Layer, dtype: str
) -> None:
    backend = pytest.importorskip(f"netspec_{name}") and netspec.backend(name)
    for x in (-60.0, -12.0, -6.0, -1e-3, 60.0):
        agreement = agree(backend, all_near(layer, x, dtype))
        assert not agreement.failures, f"{x}: {agreement}"


def test_an_exponential_whose_slope_is_nearly_zero_agrees() -> None:
    logs = [LeakyReLU(0.0), LogSoftmax(axis=1)]
    layers = [Residual(logs, shortcut=[*logs, Tanh()]), CELU(0.25)]
    spec = Spec("alarm", (3,), layers)
    torch = netspec.backend("torch")
    for seed in (0, 13, 21):
        case = draw_case(spec, train=True, dtype="float64", seed=seed)
        agreement = agree(torch, case)
        assert agreement.worst < 0.2, str(agreement)
