"""Layers of a user: one lowering, and they compile, export and run."""

from __future__ import annotations

import runpy
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from netspec import init as ni
from netspec.contract import Backend
from netspec.errors import BackendError
from netspec.init import InitPolicy
from netspec.layers import Dense, Layer, Residual
from netspec.spec import Spec
from tests.backends.custom.layers import (
    Coin,
    Derived,
    Squash,
    Toss,
    Undeclared,
    Unknown,
)
from tests.backends.exported import different, look, ours

SPEC = Spec(
    "custom",
    (4,),
    [Residual([Squash(3), Dense(4)]), Squash(2, name="last")],
    InitPolicy(ni.KaimingNormal("relu"), bias=ni.Constant(0.25)),
)


@pytest.fixture(scope="module", autouse=True)
def custom(backend: Backend) -> ModuleType:
    """What lowers the layers."""
    return import_module(f"tests.backends.custom.{backend.name}")


def test_compiles_and_exports_to_the_same_bits(
    backend: Backend, tmp_path: Path
) -> None:
    text = backend.source(SPEC)
    assert f"netspec_{backend.name}" not in text
    path = tmp_path / "exported.py"
    path.write_text(text)
    seen = look(backend, runpy.run_path(str(path)), SPEC, "float32")
    assert different(ours(backend, SPEC, "float32"), seen) == []


def test_first_weights_are_those_of_the_policy(backend: Backend) -> None:
    params = backend.params(backend.compile(SPEC), SPEC)
    assert list(params) == list(SPEC.parameters())
    assert set(params["0.body.0.inner.bias"]) == {0.25}
    assert set(params["0.body.0.weight"]) == {1}


def test_runs_as_a_backend_does(backend: Backend) -> None:
    model = backend.compile(SPEC, seed=0, dtype="float64")
    result = backend.step(model, SPEC, np.ones((2, 4)), np.ones((2, 2)))
    assert result.output.shape == (2, 2)
    assert list(result.grad_params) == list(SPEC.parameters())


def test_fans_are_those_of_the_declaration(backend: Backend) -> None:
    # (3, 4) by shape has fan_in 4; the layer declares 100
    assert "0.1414213562373095" in backend.source(SPEC)


@pytest.mark.parametrize("unknown", [Unknown(), Derived()], ids=repr)
def test_a_layer_without_lowering_is_refused(backend: Backend, unknown: Layer) -> None:
    spec = Spec("s", (3,), [Residual([unknown])])
    register = rf"@netspec_{backend.name}\.lower\.register"
    problem = rf"^0\.body\.0 {type(unknown).__name__}: .*{register}"
    for run in (backend.compile, backend.source):
        with pytest.raises(BackendError, match=problem):
            run(spec)


@pytest.mark.parametrize("seed", [0, None])
def test_parameters_that_are_not_declared_are_refused(
    backend: Backend, seed: int | None
) -> None:
    problem = r"^0\.(weight|alpha): .* make what the layer decl"
    with pytest.raises(BackendError, match=problem):
        backend.compile(Spec("s", (3,), [Undeclared()]), seed=seed)


def test_a_law_of_a_user_needs_a_function(backend: Backend, custom: ModuleType) -> None:
    spec = Spec("s", (3,), [Dense(2)], InitPolicy(Toss()))
    by_law = import_module(f"netspec_{backend.name}").by_law
    with pytest.raises(
        BackendError, match=rf"law Coin; .*@netspec_{backend.name}\.by_law"
    ):
        backend.compile(spec)
    if backend.name != "jax":  # whose init(key) needs it even so
        backend.compile(spec, seed=0)
    by_law.register(Coin)(custom.heads)
    weight = backend.params(backend.compile(spec), spec)["0.weight"]
    assert np.all(weight == 1)
