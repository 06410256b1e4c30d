"""Folding a BatchNorm keeps what the model gives in evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

import netspec
from netspec import layers as nl
from netspec.conformance.cases import draw_case
from netspec.errors import SpecError
from netspec.layers import Layer
from netspec.spec import Spec

NORM = nl.BatchNorm(eps=1e-3)
NETS: dict[str, tuple[tuple[int, ...], Sequence[Layer], int]] = {
    "dense": ((5,), [nl.Dense(4), NORM, nl.ReLU(), nl.Dense(3, bias=False), NORM], 2),
    "conv": ((3, 7), [nl.Conv1D(4, kernel_size=3, bias=False), NORM], 1),
    "groups": ((4, 5, 5), [nl.Conv2D(6, kernel_size=2, groups=2), NORM], 1),
    "volume": ((2, 4, 4, 4), [nl.Conv3D(3, kernel_size=2), NORM], 1),
    "transposed": (
        (4, 3, 3),
        [nl.ConvTranspose2D(6, kernel_size=2, stride=2, groups=2), NORM],
        1,
    ),
    "transposed without groups": (
        (3, 4),
        [nl.ConvTranspose1D(2, kernel_size=3), NORM],
        1,
    ),
    "without scale": (
        (3, 7),
        [nl.Conv1D(4, kernel_size=3), nl.BatchNorm(scale=False, center=False)],
        1,
    ),
    "residual": (
        (3, 5, 5),
        [
            nl.Residual(
                [nl.Conv2D(4, kernel_size=1), NORM, nl.ReLU()],
                shortcut=[nl.Conv2D(4, kernel_size=1), NORM],
            ),
            NORM,
        ],
        2,
    ),
    "repeat": ((3,), [nl.Repeat([nl.Dense(3), NORM, nl.Tanh()], 3)], 3),
    "names": ((3,), [nl.Dense(3, name="first"), nl.BatchNorm(name="second")], 1),
}


def run(spec: Spec, params: Mapping[str, Any], x: np.ndarray[Any, Any]) -> Any:
    model = netspec.compile(spec, "numpy", dtype="float64", params=params)
    return netspec.backend("numpy").forward(model, spec, x)


@pytest.mark.parametrize("name", NETS)
def test_the_output_in_evaluation_stays(name: str) -> None:
    shape, layers, folds = NETS[name]
    spec = Spec("net", shape, layers)
    case = draw_case(spec, train=False, dtype="float64", seed=0, batch=3)
    folded, params = netspec.fold(spec, case.params)
    paths = [node.path for node in folded.graph.walk()]
    assert paths == [node.path for node in spec.graph.walk()]
    gone = [
        (before.path, after.layer)
        for before, after in zip(spec.graph.walk(), folded.graph.walk(), strict=True)
        if type(before.layer) is not type(after.layer)
    ]
    assert len(gone) == folds
    assert all(type(layer) is nl.Identity for _, layer in gone)
    assert params.keys() == folded.parameters().keys()
    want, got = (run(s, p, case.x) for s, p in ((spec, case.params), (folded, params)))
    assert np.abs(got - want).max() <= 1e-13 * np.abs(want).max()
    narrow = {path: value.astype(np.float32) for path, value in case.params.items()}
    assert {v.dtype for v in netspec.fold(spec, narrow)[1].values()} == {np.dtype("f4")}


APART: dict[str, tuple[tuple[int, ...], list[Layer]]] = {
    "nothing linear before it": ((3,), [nl.Dense(3), nl.ReLU(), NORM]),
    "other axes": ((3, 4), [nl.Dense(4), NORM]),
    "of the batch": ((3, 4), [nl.Conv1D(2, 1), nl.BatchNorm(statistics="batch")]),
    "elsewhere too": ((3,), [nl.Repeat([NORM, nl.Dense(3)], 2)]),
}


@pytest.mark.parametrize("why", APART)
def test_what_cannot_be_folded_is_left(why: str) -> None:
    spec = Spec("net", *APART[why])
    with pytest.raises(SpecError, match="nothing to fold"):
        netspec.fold(spec, netspec.init_params(spec, 0))


def test_what_is_tied_is_left() -> None:
    layers = [nl.Dense(3), NORM, nl.Dense(3), nl.Dense(3), NORM]
    spec = Spec("net", (3,), layers, ties={"2.weight": "0.weight"})
    folded, _ = netspec.fold(spec, netspec.init_params(spec, 0))
    assert [type(layer) for layer in folded.layers[1::3]] == [nl.BatchNorm, nl.Identity]
