"""Facts that a layer states are those of its reference, measured on the catalog.

A fact decides what others do with the layer, such as what `netspec.probe` advises; no
number is wrong where one is missing.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from netspec.conformance.cases import draw_case, single_layers
from netspec.conformance.judging import Case, step_of
from netspec.contract import Array
from netspec.layers import Container
from netspec.spec import Spec

SPECS = [
    spec
    for spec in single_layers().values()
    if spec.input_dtype == "float"
    and not isinstance(spec.layers[0], Container)
    and not spec.layers[0].random
]
BIASED = [
    spec
    for spec in SPECS
    if spec.layers[0].bias_axis is not None
    and (bias := spec.parameters().get("0.bias"))
    and len(bias.shape) == 1
]
LOUD = 8  # times the input: there eps hides no norm, and no activation is constant


def case_of(spec: Spec) -> Case:
    return draw_case(spec, train=True, dtype="float64")


def output(case: Case) -> Array:
    return step_of(case).output


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_what_normalizes_says_so(spec: Spec) -> None:
    case = case_of(spec)
    loud, louder = (output(replace(case, x=n * LOUD * case.x)) for n in (1, 2))
    measured = bool(np.abs(loud - louder).max() < 0.05 * np.abs(loud).max())
    layer = spec.layers[0]
    assert layer.normalizes == measured, (
        f"state normalizes = {measured} on {type(layer).__name__}: twice the input"
        f" gives {'the same' if measured else 'another'} output"
    )


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_what_is_unchanged_says_so(spec: Spec) -> None:
    case = case_of(spec)
    assert spec.layers[0].unchanged == np.array_equal(output(case), case.x)


@pytest.mark.parametrize(
    "spec", [s for s in SPECS if s.layers[0].pointwise], ids=lambda spec: spec.name
)
def test_what_is_pointwise_reads_one_value_for_each(spec: Spec) -> None:
    case = case_of(spec)
    before, x = output(case), case.x.copy()
    x.flat[::2] += 1
    after = output(replace(case, x=x))
    assert np.array_equal(after.flat[1::2], before.flat[1::2])


@pytest.mark.parametrize("spec", BIASED, ids=lambda spec: spec.name)
def test_a_bias_shifts_slices_along_its_axis(spec: Spec) -> None:
    case, axis = case_of(spec), spec.layers[0].bias_axis
    assert axis is not None
    shift = np.arange(1.0, 1 + case.params["0.bias"].size)
    params = {**case.params, "0.bias": case.params["0.bias"] + shift}
    moved = output(replace(case, params=params)) - output(case)
    assert np.allclose(np.moveaxis(moved, axis, -1), shift)
