"""First weights that JAX draws: what is handed to it is the law, in JAX's layout."""

from __future__ import annotations

import math

import jax
import numpy as np
import pytest

from netspec import init as ni
from netspec import layers as nl
from netspec.init import PRESETS, DrawnParameter, InitPolicy, distributions
from netspec.program import evaluate
from netspec.spec import Spec
from netspec_jax import backend, initializer_of
from netspec_jax._modes import computing_in
from tests.backends.initializers import SCALED, VARIANCES


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_have_names_in_jax(preset: str) -> None:
    source = backend.source(Spec("one", (4,), [nl.Dense(3)], preset))
    expected = {
        "torch": 'variance_scaling(1 / 3, "fan_in", "uniform")',
        "gluon": "partial(random.uniform, minval=-0.07, maxval=0.07)",
        "keras": "dense(4, 3)",
        "glorot": "dense(4, 3)",
        "he": 'initializers.variance_scaling(2.0, "fan_in", "normal")',
    }
    assert expected[preset] in source


def test_orthogonal_scales_of_rank_3_have_orthonormal_rows() -> None:
    norm = nl.LayerNorm(axes=3, init={"weight": ni.Orthogonal()})
    spec = Spec("one", (4, 7, 6), [norm])
    scales = backend.params(backend.compile(spec), spec)["0.weight"]
    rows = scales.reshape(4, -1).astype(np.float64)
    assert np.abs(rows @ rows.T - np.eye(4)).max() < 42 * 2.0**-24


@pytest.mark.parametrize(
    "initializer", [*SCALED, *VARIANCES, ni.LeCunNormal()], ids=repr
)
def test_numbers_are_those_of_the_law_in_float64(initializer: ni.Initializer) -> None:
    """What multiplies the standard draw, read off at one value of it."""
    wanted, plain = kernel(initializer), standard(initializer)
    with computing_in("float64"):
        made, unit = (
            np.asarray(
                evaluate(initializer_of(p))(jax.random.key(0), (64, 3), "float64")
            )
            for p in (wanted, plain)
        )
    ratio = made / unit * plain.law.std
    assert np.allclose(ratio, wanted.law.std, rtol=2.0**-48, atol=0)


def kernel(initializer: ni.Initializer) -> DrawnParameter:
    spec = Spec("s", (64,), [nl.Dense(3)], InitPolicy(initializer))
    return spec.parameters()["0.weight"]


def standard(initializer: ni.Initializer) -> DrawnParameter:
    """A law of its kind with variance 1 / fan_in."""
    kinds = {distributions.Uniform: "uniform", distributions.Normal: "normal"}
    kind = kinds.get(type(kernel(initializer).law), "truncated_normal")
    made = kernel(ni.VarianceScaling(1, fan="fan_in", distribution=kind))
    assert math.isclose(made.law.std, 1 / 8)
    return made
