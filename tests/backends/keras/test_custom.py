"""A container of a user's, whose Keras layer holds what lies inside of it."""

from __future__ import annotations

import runpy
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import netspec as ns
from netspec import layers as nl
from netspec.contract import TracingBackend
from netspec.errors import BackendError
from netspec.spec import Spec
from tests.backends.custom import layers as custom

found = ns.backends().get("keras")
if found is None or not found.installed:
    pytest.skip("Keras is not installed", allow_module_level=True)

ns.backend("keras")  # first: it lets Keras compute with JAX
# They say what the layers mean, and how Keras makes them
for name in ("reference", "keras"):
    import_module(f"tests.backends.custom.{name}")

NODES = [nl.Node("a", [nl.Dense(3)]), nl.Node("b", [nl.Tanh()], reads=("a", "input"))]
BODY = [nl.Graph(NODES), nl.Parallel([[nl.Dense(3)], [nl.Dense(3), nl.Tanh()]])]
GATED = custom.Gate([nl.Residual([nl.Dense(3)]), *BODY, nl.Dense(2)], [nl.Dense(2)])
SPEC = Spec("gated", (3,), [nl.Residual([GATED, nl.Dense(3)]), nl.Dense(2)])
X = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)


def test_a_container_holds_containers(tmp_path: Path) -> None:
    own, params = ns.backend("keras"), ns.init_params(SPEC, 0)
    model = own.compile(SPEC, params=params)
    assert list(own.params(model, SPEC)) == list(params)
    expected = ns.backend("numpy")
    wanted = expected.forward(expected.compile(SPEC, params=params), SPEC, X)
    assert np.allclose(own.forward(model, SPEC, X), wanted, atol=1e-6)
    path = tmp_path / "net.py"
    path.write_text(own.source(SPEC))
    net = runpy.run_path(str(path))["build"]()
    own.load_params(net, SPEC, params)
    assert np.allclose(own.forward(net, SPEC, X), wanted, atol=1e-6)


def test_what_its_layers_give_is_not_traced() -> None:
    own = ns.backend("keras")
    assert isinstance(own, TracingBackend)
    model = own.compile(SPEC, seed=0)
    with pytest.raises(BackendError, match=r"0\.body\.0 Gate: .* cannot be traced"):
        own.trace(model, SPEC, X, np.ones((4, 2), np.float32))


def test_what_it_holds_is_called_nowhere_else() -> None:
    gate = custom.Gate([nl.Dense(3, name="inner")], [nl.Dense(3)])
    ties = {"head.weight": "0.body.inner.weight"}
    spec = Spec("tied", (3,), [gate, nl.Dense(3, name="head")], ties=ties)
    with pytest.raises(BackendError, match=r"head\.weight: .* a custom container"):
        ns.backend("keras").source(spec)
