"""Ties in every framework: one parameter, shared as a user of the framework would."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import BackendError, Spec
from netspec.contract import Backend
from netspec.errors import InputError

TIES = {"head.weight": "tokens.weight"}
LAYERS: list[ns.Layer] = [
    ns.Embedding(5, 3, name="tokens"),
    ns.LayerNorm(),
    ns.Dense(5, bias=False, name="head"),
]
TIED = Spec("tied", (4,), LAYERS, ns.InitPolicy(ns.Normal(0.3)), "int", TIES)
FREE = replace(TIED, ties={})
LATE = [ns.Dense(3, name="a"), ns.Dense(3, name="b")]
FRAMEWORKS = ("torch", "gluon", "jax", "flax")


@pytest.fixture(params=FRAMEWORKS)
def backend(request: pytest.FixtureRequest) -> Backend:
    if not ns.backends()[request.param].installed:
        pytest.skip(f"{request.param} is not installed")
    return ns.backend(request.param)


def test_loading_keeps_the_tie(backend: Backend) -> None:
    model = backend.compile(TIED, seed=0)
    loaded = backend.load_params(model, TIED, ns.init_params(TIED, 1))
    x, cotangent = np.array([[0, 1, 2, 4]]), np.ones((1, 4, 5), np.float32)
    expected = ns.backend("numpy")
    own = expected.compile(TIED, seed=1)
    wanted = expected.step(own, TIED, x, cotangent, train=True)
    seen = backend.step(loaded, TIED, x, cotangent, train=True)
    assert np.allclose(seen.output, wanted.output, atol=1e-5)
    for path, grad in wanted.grad_params.items():
        assert np.allclose(seen.grad_params[path], grad, atol=1e-4)


def test_owners_may_come_last(backend: Backend) -> None:
    spec = Spec("late", (3,), LATE, ties={"a.weight": "b.weight"})
    params = ns.init_params(spec, 0)
    model = backend.compile(spec, params=params)
    read = backend.params(model, spec)
    assert [*read] == [*params] == ["a.bias", "b.weight", "b.bias"]
    assert np.array_equal(read["b.weight"], params["b.weight"])
    x = np.eye(3, dtype=np.float32)
    seen = backend.forward(model, spec, x)
    assert np.allclose(seen, x @ params["b.weight"].T @ params["b.weight"].T, atol=1e-6)


def test_a_model_of_the_other_spec_is_refused(backend: Backend) -> None:
    for spec, other in ((TIED, FREE), (FREE, TIED)):
        model = backend.compile(spec, seed=0)
        with pytest.raises(InputError, match=r"head\.weight: "):
            backend.params(model, other)


TEXTS = {
    "torch": "    net.head.weight = net.tokens.weight\n    return net",
    "gluon": '    share(net.head, "weight", net.tokens.weight)\n    return net',
    "flax": "        self.layers.head.embedding = self.layers.tokens.embedding\n",
    "jax": '("head.weight", "tokens.weight", (1, 0)),',
}


def test_files_share_as_a_user_would(backend: Backend) -> None:
    text = backend.source(TIED, weights=True)
    assert TEXTS[backend.name] in text
    _, _, draws = text.partition("def initialize")
    assert "head" not in draws
    assert TEXTS[backend.name] not in backend.source(FREE)


def test_torch_holds_one_parameter() -> None:
    torch = pytest.importorskip("torch")
    model: Any = ns.compile(TIED, "torch")
    assert model.head.weight is model.tokens.weight
    assert len(list(model.parameters())) == len(TIED.parameters())
    assert isinstance(model.head.weight, torch.nn.Parameter)


def test_gluon_trains_one_parameter() -> None:
    if not ns.backends()["gluon"].installed:
        pytest.skip("gluon is not installed")
    model: Any = ns.compile(TIED, "gluon")
    assert model.head.weight is model.tokens.weight
    assert len(model.collect_params().keys()) == len(TIED.parameters())


def test_parameters_with_other_names_are_tied(backend: Backend) -> None:
    layers = [ns.Conv1D(2, kernel_size=1, name="conv"), ns.PReLU(per_channel=True)]
    spec = Spec("odd", (2, 3), layers, ties={"conv.bias": "1.weight"})
    x = np.random.default_rng(0).normal(size=(2, 2, 3)).astype(np.float32)
    expected = ns.backend("numpy").forward(ns.compile(spec, "numpy", seed=0), spec, x)
    seen = backend.forward(backend.compile(spec, seed=0), spec, x)
    assert np.allclose(seen, expected, atol=1e-6)


def test_gluon_ties_no_parameters_of_recurrent_layers() -> None:
    if not ns.backends()["gluon"].installed:
        pytest.skip("gluon is not installed")
    ties = {"0.weight_hh_l0": "0.weight_ih_l0"}
    spec = Spec("gates", (2, 3), [ns.RNN(3)], ties=ties)
    with pytest.raises(BackendError, match="recurrent layers find their parameters"):
        ns.backend("gluon").source(spec)


def test_gluon_says_where_its_shapes_differ() -> None:
    if not ns.backends()["gluon"].installed:
        pytest.skip("gluon is not installed")
    layers = [ns.Dense(3, name="dense"), ns.PositionEmbedding(name="positions")]
    spec = Spec("rows", (3, 3), layers, ties={"positions.weight": "dense.weight"})
    gluon, problem = (
        ns.backend("gluon"),
        r"positions\.weight: it cannot be tied to dense",
    )
    for refuse in (gluon.source, gluon.compile):
        with pytest.raises(BackendError, match=problem):
            refuse(spec)


def test_jax_has_one_leaf() -> None:
    if not ns.backends()["jax"].installed:
        pytest.skip("jax is not installed")
    model: Any = ns.compile(TIED, "jax")
    assert sorted(model.params) == ["1", "tokens"]
    assert sorted(ns.compile(FREE, "jax").params) == ["1", "head", "tokens"]
