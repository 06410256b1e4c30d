"""Ties: one parameter under two paths."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

import netspec as ns
from netspec import ParameterError, Spec, SpecError

TIES = {"head.weight": "tokens.weight"}
LAYERS: list[ns.Layer] = [
    ns.Embedding(5, 3, name="tokens"),
    ns.LayerNorm(),
    ns.Dense(5, bias=False, name="head"),
]
TIED = Spec("tied", (4,), LAYERS, "torch", input_dtype="int", ties=TIES)
FREE = replace(TIED, ties={})


def test_the_owner_alone_is_a_parameter() -> None:
    assert [*TIED.parameters()] == ["tokens.weight", "1.weight", "1.bias"]
    assert [*FREE.parameters()] == [*TIED.parameters(), "head.weight"]
    drawn, free = ns.init_params(TIED, 0), ns.init_params(FREE, 0)
    assert [*drawn] == [*TIED.parameters()]
    assert all(np.array_equal(drawn[path], free[path]) for path in drawn)


def test_documents_hold_ties(tmp_path: Path) -> None:
    assert Spec.from_dict(TIED.to_dict()) == TIED
    assert TIED.digest != FREE.digest
    assert "ties" not in FREE.to_dict()
    TIED.save(tmp_path / "tied.yaml")
    assert ns.load(tmp_path / "tied.yaml") == TIED


def test_the_summary_names_the_owner_and_counts_once() -> None:
    text = TIED.summary()
    assert "Dense(5, bias=False), weight = tokens.weight" in text
    assert "21 trainable parameters" in text


def test_its_gradient_is_the_sum_of_both() -> None:
    backend, random = ns.backend("numpy"), np.random.default_rng(0)
    params = ns.init_params(TIED, 0, "float64")
    both = {**params, "head.weight": params["tokens.weight"]}
    x, cotangent = random.integers(0, 5, (3, 4)), random.normal(size=(3, 4, 5))
    steps = []
    for spec, given in ((TIED, params), (FREE, both)):
        model = backend.compile(spec, params=given, dtype="float64")
        steps.append(backend.step(model, spec, x, cotangent, train=True))
    tied, free = steps
    grads = free.grad_params
    assert np.array_equal(tied.output, free.output)
    total = grads["head.weight"] + grads["tokens.weight"]
    assert np.allclose(tied.grad_params["tokens.weight"], total, rtol=1e-14)
    assert [*tied.grad_params] == [*TIED.parameters()]


def test_files_hold_owners_and_what_is_equal(tmp_path: Path) -> None:
    params = ns.init_params(TIED, 0)
    path = tmp_path / "own.safetensors"
    ns.save_params(path, TIED, params)
    spec, read = ns.load_params(path)
    assert spec == TIED
    assert [*read] == [*params]
    both = {**params, "head.weight": params["tokens.weight"].copy()}
    save_file(both, path)
    assert [*ns.load_params(path, TIED)[1]] == [*params]
    save_file({**both, "head.weight": both["head.weight"] + 1}, path)
    with pytest.raises(ParameterError, match=r"head\.weight is tied to tokens"):
        ns.load_params(path, TIED)
    save_file({**both, "head.weight": both["head.weight"].T.copy()}, path)
    with pytest.raises(ParameterError, match="wrong shape"):
        ns.load_params(path, TIED)
    save_file({name: both[name] for name in both if name != "tokens.weight"}, path)
    with pytest.raises(ParameterError, match=r"missing: tokens\.weight"):
        ns.load_params(path, TIED)


STATISTICS: list[ns.Layer] = [ns.BatchNorm(name="a"), ns.BatchNorm(name="b")]
REPEATED: list[ns.Layer] = [
    ns.Dense(3, name="own"),
    ns.Repeat([ns.Dense(3)], 2, name="r"),
]
OWN_INIT: list[ns.Layer] = [
    ns.Dense(3, name="a"),
    ns.Dense(3, name="b", init={"bias": ns.Ones()}),
]
CHAIN: list[ns.Layer] = [ns.Dense(3, name=name) for name in "abc"]
REFUSED: dict[str, tuple[list[ns.Layer], dict[str, str], str]] = {
    "unknown": (CHAIN, {"a.weight": "d.weight"}, "parameters of the spec"),
    "unknown path": (CHAIN, {"d.weight": "a.weight"}, "parameters of the spec"),
    "shape": (CHAIN, {"a.weight": "b.bias"}, r"one shape, received \(3, 3\) and"),
    "itself": (CHAIN, {"a.weight": "a.weight"}, "tied to itself"),
    "chain": (CHAIN, {"a.bias": "b.bias", "b.bias": "c.bias"}, "is tied to 'c.bias'"),
    "buffer": (STATISTICS, {"a.running_mean": "b.running_mean"}, "running statistic"),
    "mixed": (STATISTICS, {"a.weight": "b.running_var"}, "running statistic"),
    "repeated": (REPEATED, {"r.0.0.weight": "own.weight"}, "outside of Repeat"),
    "from one": (REPEATED, {"own.weight": "r.1.0.weight"}, "outside of Repeat"),
    "own init": (OWN_INIT, {"b.bias": "a.bias"}, "starts as its owner does"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what: str) -> None:
    layers, ties, problem = REFUSED[what]
    with pytest.raises(SpecError, match=problem) as caught:
        Spec("net", (3,), layers, ties=ties)
    assert caught.value.path[0] == "ties"


@pytest.mark.parametrize("ties", [["a"], {"a.weight": 1}, "a.weight"])
def test_ties_are_a_mapping_of_paths(ties: Any) -> None:
    with pytest.raises(SpecError, match="ties must be a mapping from paths"):
        Spec("net", (3,), CHAIN, ties=ties)


def test_a_rule_for_a_tied_path_draws_nothing() -> None:
    rule = ns.InitRule("head.weight", ns.Zeros())
    with pytest.raises(SpecError, match="matches no parameter"):
        replace(TIED, init=ns.InitPolicy(rules=[rule]))
