"""Chains of a user's container say what they read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import Chain, Container, Spec, SpecError
from netspec.contract import Array
from netspec.layers import LAYERS
from netspec.reference import Split, join


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is forgotten after it."""
    monkeypatch.setattr(LAYERS, "_kinds", dict(LAYERS._kinds))


def box(*chains: Chain, **members: Any) -> Any:
    methods = {
        "chains": lambda self: chains,
        "join": lambda self, shape, outputs: outputs[-1],
    }
    kind: Any = type("Wired", (Container,), methods | members)
    return ns.layer(kind)()


def dense(key: str, units: int = 3, **reads: Any) -> Chain:
    return Chain(key, (key,), (ns.Dense(units),), **reads)


def test_a_chain_reads_what_it_names() -> None:
    wired = box(
        dense("a", 2),
        dense("b", 3, reads=("a", "input"), merge="concat"),
        joined=lambda self: ("b",),
    )
    spec = Spec("wired", (4,), [wired])
    assert spec.parameters()["0.b.0.weight"].shape == (3, 6)
    assert spec.output_shape == (3,)


def test_what_joins_is_given_the_outputs_that_make_the_result() -> None:
    nodes = [
        ns.Node("a", [ns.Dense(4)]),
        ns.Node("b", [ns.Tanh()], reads=["a"]),
        ns.Node("c", [ns.Identity()], reads=["a", "b", "input"], merge="add"),
    ]
    wired = box(
        dense("a", 4),
        Chain("b", ("b",), (ns.Tanh(),), reads=("a",)),
        joins_input=True,
    )

    def add(layer: Any, x: Array, outputs: Sequence[Array], ops: Any) -> Any:
        total: Array = sum(outputs) + x
        split: Split = lambda dy: [dy] * 3  # noqa: E731
        return total, split

    join.register(type(wired), add)
    x, weights = np.random.default_rng(0).normal(size=(2, 4, 4))
    steps = []
    for layer in (wired, ns.Graph(nodes)):
        spec = Spec("net", (4,), [layer])
        params = {"0.a.0.weight": weights, "0.a.0.bias": x[0]}
        backend = ns.backend("numpy")
        model = backend.compile(spec, params=params, dtype="float64")
        steps.append(backend.step(model, spec, x, weights))
    one, other = steps
    assert np.allclose(one.output, other.output, rtol=1e-14)
    assert np.allclose(np.array(one.grad_input), np.array(other.grad_input), rtol=1e-12)
    for path, gradient in one.grad_params.items():
        assert np.allclose(gradient, other.grad_params[path], rtol=1e-12)


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (
            lambda: box(dense("a"), dense("b", reads=("c",))),
            r"chain 'b' must read what stands before it \(.*'a'.*\), received reads",
        ),
        (lambda: box(dense("a", reads=())), "chain 'a' must read what stands before"),
        (
            lambda: box(dense("a"), dense("b", reads=("a", "input"))),
            "chain 'b' reads several, so its merge must be one of concat, .*None",
        ),
        (
            lambda: box(dense("a"), dense("b"), joined=lambda self: ("b",)),
            "every chain must be read or joined, .*; chain 'a' is not",
        ),
        (
            lambda: box(dense("a"), joined=lambda self: ("b",)),
            "what is joined must be a chain; chain 'b' is not",
        ),
        (
            lambda: box(dense("input")),
            "no chain of a container may have the key 'input', which is what the",
        ),
        (
            lambda: box(
                Chain(None, ("a",), (ns.Dense(3, name="a"),)),
                Chain(None, ("b",), (ns.Dense(3, name="b"),)),
            ),
            "each of its chains needs a key of its own",
        ),
        (
            lambda: box(
                dense("a", 2),
                dense("b", reads=("a", "input"), merge="add"),
                joined=lambda self: ("b",),
            ),
            r"do not fit together.*\(in 'b', which reads 'a' and 'input'\)",
        ),
    ],
)
def test_chains_that_cannot_be_are_refused(made: Any, problem: str) -> None:
    with pytest.raises(SpecError, match=problem):
        Spec("net", (4,), [made()])
