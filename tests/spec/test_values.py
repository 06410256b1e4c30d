"""Parameters are checked by value: numbers that no model should begin with."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import BatchNorm, Dense, Parameter, ParameterError, Shape, Spec, SpecError
from netspec.contract import Array
from netspec.declare import Field, rules
from netspec.layers import LAYERS
from netspec.spec import check_values

SPEC = Spec("net", (5, 4, 4), [BatchNorm(), ns.Flatten(), Dense(3)])

WRONG: dict[str, tuple[str, tuple[int, ...], float, str]] = {
    "NaN": ("2.weight", (1, 7), math.nan, "not finite: 2.weight[1, 7] (nan)"),
    "infinity": ("2.bias", (2,), -math.inf, "not finite: 2.bias[2] (-inf)"),
    "a negative variance": (
        "0.running_var",
        (3,),
        -0.5,
        "negative, though it may not be: 0.running_var[3] (-0.5)",
    ),
}


def spoiled(what: str) -> dict[str, Array]:
    path, index, value, _ = WRONG[what]
    params = ns.init_params(SPEC, 0)
    params[path][index] = value
    return params


@pytest.mark.parametrize("what", WRONG)
def test_no_model_begins_with_it(what: str) -> None:
    with pytest.raises(ParameterError) as caught:
        ns.compile(SPEC, "numpy", params=spoiled(what))
    assert str(caught.value).startswith(WRONG[what][3])


@pytest.mark.parametrize("what", WRONG)
def test_no_file_gives_it_back(tmp_path: Path, what: str) -> None:
    path = tmp_path / "weights"
    with pytest.warns(UserWarning, match="holds what is not loaded") as warned:
        ns.save_params(path, SPEC, spoiled(what))
    assert WRONG[what][3] in str(warned[0].message)
    assert warned[0].filename == __file__
    with pytest.raises(ParameterError) as caught:
        ns.load_params(path)
    assert f"{path}: {WRONG[what][3]}" in str(caught.value)


def test_a_warning_that_is_an_error_costs_no_file(tmp_path: Path) -> None:
    with pytest.raises(UserWarning):  # as this suite makes of all
        ns.save_params(tmp_path / "weights", SPEC, spoiled("NaN"))
    assert (tmp_path / "weights").stat().st_size > 0


def test_what_the_dtype_cannot_hold() -> None:
    params = ns.init_params(SPEC, 0, "float64")
    largest = float(np.finfo(np.float32).max)
    params["2.bias"][:] = largest, -largest, 0
    check_values(SPEC, params, "float32")
    params["2.bias"][1] = -2 * largest
    check_values(SPEC, params, "float64")
    with pytest.raises(ParameterError, match=r"too large for float32: 2.bias\[1\]"):
        ns.compile(SPEC, "numpy", params=params)


def test_all_are_named_at_once_but_not_every_index() -> None:
    params = ns.init_params(SPEC, 0)
    for array in params.values():
        array[...] = -math.inf
    with pytest.raises(ParameterError) as caught:
        check_values(SPEC, params)
    said = str(caught.value)
    assert "0.weight[0] (-inf), 0.bias[0] (-inf), 0.running_mean[0] (-inf)" in said
    assert "and 1 more; negative, though it may not be: 0.running_var[0] (-inf)" in said


@pytest.mark.parametrize("init", [ns.Normal(1.0), ns.Uniform(-1, 1), ns.Constant(-1)])
def test_no_initializer_draws_a_negative_variance(init: ns.Initializer) -> None:
    problem = r"^layers\[0\] BatchNorm.*: init of 'running_var': no value may be below"
    with pytest.raises(SpecError, match=problem):
        Spec("net", (5,), [BatchNorm(init={"running_var": init})])
    rule = ns.InitRule("*.running_var", init)
    with pytest.raises(SpecError, match="no value may be below 0"):
        Spec("net", (5,), [BatchNorm()], init=ns.InitPolicy(rules=[rule]))


def test_an_initializer_that_is_never_below_zero_does() -> None:
    for init in (ns.Uniform(0, 1), ns.Constant(0), ns.Ones()):
        Spec("net", (5,), [BatchNorm(init={"running_var": init})])


def counting() -> Any:
    @ns.layer
    class Counting(ns.Layer):
        """A layer of a user's with a count of steps."""

        size: Field[int, int] = Field(rules.COUNT)

        def output_shape(self, shape: Shape) -> Shape:
            return shape

        def parameters(self, shape: Shape) -> dict[str, Parameter]:
            axes = ("channels",)
            count = Parameter(shape, axes, "running_mean", None, None, False, True)
            return {"count": count, "free": Parameter(shape, axes, "shift")}

    return Counting


def test_a_layer_of_a_user_states_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LAYERS, "_kinds", dict(LAYERS._kinds))
    spec = Spec("net", (2,), [counting()(2)])
    assert spec.parameters()["0.count"].nonnegative
    params = ns.init_params(spec, 0)
    params["0.free"][1] = -1
    check_values(spec, params)
    params["0.count"][1] = -1
    with pytest.raises(ParameterError, match=r"0.count\[1\] \(-1\)"):
        check_values(spec, params)


def test_backends_and_probes_still_see_what_diverges() -> None:
    spec = Spec("net", (4,), [Dense(8), Dense(8), Dense(2)])
    with np.errstate(all="ignore"):
        report = ns.probe(spec, steps=20, lr=1e6)
    assert report["spec"].verdict.word == "overflow"
