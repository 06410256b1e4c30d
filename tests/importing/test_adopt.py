"""Weights for a spec, from wherever they were trained: which is which."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

import netspec as ns
from netspec import Spec, adopt
from netspec.importing import adopted
from tests.importing.weights import COUNTER, NAMES, PARAMS, SPEC, refusal, renamed, same


def test_the_arrays_are_copies() -> None:
    held = {path: array.copy() for path, array in PARAMS.items()}
    found = adopt(SPEC, held)
    for array in held.values():
        array[...] = 0
    assert same(found)


def test_names_that_differ_are_taken_in_order_and_said() -> None:
    with pytest.warns(UserWarning, match="taken by shapes and order") as caught:
        assert same(adopt(SPEC, renamed()))
    said = str(caught[0].message)
    assert all(f"  {path} <- {name}" in said for path, name in NAMES.items())
    found = adopted(SPEC, renamed())
    assert found.proposed
    assert dict(found.names) == NAMES


STYLES = {
    "fc1.": "dense0_",
    "norm.": "batchnorm0_",
    "fc2.": "dense1_",
    "head.": "output0_",
    "batchnorm0_weight": "batchnorm0_gamma",
    "batchnorm0_bias": "batchnorm0_beta",
    "running": "moving",
}


def test_names_of_other_styles_are_taken_apart() -> None:
    names = dict(NAMES)
    for old, new in STYLES.items():
        names = {path: name.replace(old, new) for path, name in names.items()}
    assert names["1.running_var"] == "batchnorm0_moving_var"
    found = adopted(SPEC, renamed(names))
    assert same(found.params)
    assert dict(found.names) == names


@pytest.mark.parametrize("before", ["rnn", "a.rnn", "lstm0"])
def test_gates_of_gluon_are_those_of_pytorch(before: str) -> None:
    spec = Spec("gates", (5, 3), [ns.LSTM(2, direction="both")])
    params = ns.init_params(spec, 0)
    joint = "_" if before == "lstm0" else "."
    held = {}
    for path, array in params.items():
        kind, gate, *_, last = path.removeprefix("0.").split("_")
        side = "r" if last == "reverse" else "l"
        held[f"{before}{joint}{side}0_{gate[0]}2h_{kind}"] = array
    assert same(adopted(spec, held).params, params)


@pytest.mark.parametrize("prefix", ["module.", "net."])
def test_a_prefix_of_all_names_is_no_difference(prefix: str) -> None:
    held = {prefix + path: array for path, array in {**PARAMS, **COUNTER}.items()}
    with warnings.catch_warnings(action="error"):
        assert same(adopt(SPEC, held))


def test_what_is_in_a_layer_is_known_by_its_name_not_by_its_place() -> None:
    """A BatchNorm has four arrays of one shape."""
    names = sorted(NAMES.items(), key=lambda pair: pair[1])
    swapped = renamed(dict(names))
    assert list(swapped) != list(NAMES.values())
    ordered = {n: swapped[n] for n in sorted(swapped, key=_by_layer)}
    assert same(adopted(SPEC, ordered).params)


def _by_layer(name: str) -> int:
    return ["fc1", "norm", "fc2", "head"].index(name.partition(".")[0])


def test_numbers_are_an_order_where_the_file_has_none(tmp_path: Path) -> None:
    spec = Spec("deep", (3,), [ns.Dense(3) for _ in range(11)])
    params = ns.init_params(spec, 0)
    names = {path: f"layers.{path.replace('.', '.linear.')}" for path in params}
    save_file(renamed(names, params), tmp_path / "deep")
    found = adopted(spec, tmp_path / "deep")
    assert same(found.params, params)
    assert dict(found.names) == names


def test_a_file_without_an_order_is_ambiguous(tmp_path: Path) -> None:
    names = {path: name.replace("fc1", "tail") for path, name in NAMES.items()}
    save_file(renamed(names), tmp_path / "net")
    said = refusal(tmp_path / "net")
    assert "0.weight and its like may be of any of fc2, tail: no order is known" in said
    assert "names={path: name" in said
    some = {path: names[path] for path in ("0.weight", "0.bias")}
    assert same(adopted(SPEC, tmp_path / "net", some).params)


def test_numbers_against_the_order_are_ambiguous() -> None:
    turn = {"fc1": "fc2", "fc2": "fc1"}
    swapped = {
        f"{turn.get(name[:3], name[:3])}{name[3:]}": array
        for name, array in renamed().items()
    }
    assert "any of fc2, fc1: numbers and order disagree" in refusal(swapped)


def test_queries_and_keys_are_told_apart_by_their_names() -> None:
    """Frameworks have them in different orders, and their shapes are one."""
    spec = Spec("attention", (5, 4), [ns.MultiHeadAttention(2)])
    params = ns.init_params(spec, 0)
    turn = {"query": "q_proj", "key": "k_proj", "value": "v_proj", "output": "out_proj"}
    held = {}
    for part in ("key", "value", "query", "output"):
        for tail in ("weight", "bias"):
            held[f"layer.attn.{turn[part]}.{tail}"] = params[f"0.{part}.{tail}"]
    assert same(adopted(spec, held).params, params)
    unknown = {name.replace("q_proj", "first"): array for name, array in held.items()}
    assert "nothing has names and shapes like 0.query.weight" in refusal(
        unknown, spec=spec
    )


def test_all_that_does_not_fit_is_said_at_once() -> None:
    held = renamed()
    held["fc2.weight"] = held["fc2.weight"][:3]
    del held["head.bias"]
    said = refusal(held)
    assert "3.weight (4, 4), 3.bias (4,)" in said
    assert "4.weight (2, 4), 4.bias (2,)" in said
    assert "no place for fc2.weight (3, 4), fc2.bias (4,); head.weight (2, 4)" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"5.weight": np.zeros((2, 2), np.float32)}, "has 5.weight, for which the sp"),
        ({"0.weight": np.zeros((4, 3), np.float32)}, r"of the wrong shape: 0.weight"),
        ({"0.weight": np.zeros((4, 4), np.float16)}, "0.weight (float16)"),
        ({"0.weight": np.zeros((4, 4))}, "of different dtypes"),
        ({"0.weight": np.full((4, 4), np.nan, np.float32)}, "not finite: 0.weight"),
        ({"1.running_var": -np.ones(4, np.float32)}, "negative"),
        ({"epoch": 3}, "does not map names to arrays: 'epoch' is none"),
    ],
)
def test_arrays_that_do_not_fit(change: dict[str, Any], said: str) -> None:
    assert said in refusal({**PARAMS, **change})


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"0.wieght": "fc1.weight"}, "no parameter '0.wieght'; did you mean '0.weight"),
        ({"0.weight": "fc1.wieght"}, "no array 'fc1.wieght'; did you mean 'fc1.weight"),
        ({**NAMES, "4.bias": "fc1.bias"}, "'fc1.bias' is given for two parameters"),
        (["fc1.weight"], "names must map paths to names"),
    ],
)
def test_names_that_are_none(names: Any, said: str) -> None:
    assert said in refusal(renamed(), names)


TIED = Spec(
    "tied", (3,), [ns.Dense(3), ns.Tanh(), ns.Dense(3)], ties={"2.weight": "0.weight"}
)


def test_what_is_tied_may_be_there_twice_and_is_equal() -> None:
    params = ns.init_params(TIED, 0)
    both = {
        "0.weight": params["0.weight"],
        "0.bias": params["0.bias"],
        "2.weight": params["0.weight"],
        "2.bias": params["2.bias"],
    }
    renamed = {f"net{name}": array for name, array in both.items()}
    assert same(adopt(TIED, params), params)
    assert same(adopt(TIED, both), params)
    assert not adopted(TIED, both).unused
    assert same(adopted(TIED, renamed).params, params)
    both["2.weight"] = 2 * params["0.weight"]
    assert "2.weight is tied to 0.weight, and must be equal" in refusal(both, spec=TIED)
    renamed["net2.weight"] = both["2.weight"]
    assert "2.weight is tied to 0.weight" in refusal(renamed, spec=TIED)


def test_a_spec_without_parameters_takes_none() -> None:
    spec = Spec("bare", (4,), [ns.ReLU()])
    assert adopt(spec, {}) == {}
    assert "has 0.weight, for which the spec has no place" in refusal(
        {"0.weight": np.zeros(4, np.float32)}, spec=spec
    )


@pytest.mark.parametrize("source", [None, 3, [np.zeros(3)]])
def test_what_is_no_source(source: object) -> None:
    assert "source must be a file, or map names to arrays" in refusal(source)


def test_what_is_off_is_left_out_where_it_changes_nothing() -> None:
    """Gluon has a gamma all the same."""
    spec = Spec("norm", (4,), [ns.BatchNorm(scale=False)])
    params = ns.init_params(spec, 0)
    ones = {**params, "0.gamma": np.ones(4, np.float32)}
    assert same(adopt(spec, ones), params)
    assert adopted(spec, ones).unused == ("0.gamma",)
    assert "has 0.gamma, for" in refusal(
        {**params, "0.gamma": 2 * ones["0.gamma"]}, None, spec
    )
