"""Branches of one layer without parameters are that layer, and traced by its path."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import Spec, backend
from netspec import layers as nl

SPEC = Spec(
    "branches",
    (4, 6, 6),
    [
        nl.Residual([nl.ReLU()], shortcut=[nl.Identity()]),
        nl.Parallel([[nl.ReLU()], [nl.Conv2D(3, 1)], [nl.Tanh(name="last")]]),
        nl.Repeat([nl.ReLU()], 2),
        nl.Sequential([nl.ReLU()]),
    ],
)
LINES = {
    "torch": (
        "Residual(nn.ReLU(), shortcut=nn.Identity()),",
        "nn.Sequential(nn.Conv2d(4, 3, kernel_size=1)),",
        'nn.Sequential(OrderedDict([("last", nn.Tanh())])),',
    ),
    "gluon": (
        'Residual(nn.Activation("relu"), shortcut=Identity()),',
        'nn.Activation("relu"),',
        "sequential(nn.Conv2D(3, kernel_size=1, in_channels=4)),",
        'named(("last", nn.Activation("tanh"))),',
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_a_layer_without_parameters_stands_alone(name: str) -> None:
    written = [line.strip() for line in backend(name).source(SPEC).splitlines()]
    assert set(LINES[name]) <= set(written)


@pytest.mark.parametrize("name", LINES)
def test_every_layer_is_traced_by_its_path(name: str) -> None:
    made: Any = backend(name)
    model = ns.compile(SPEC, name, seed=0)
    x = np.random.default_rng(0).normal(size=(2, 4, 6, 6)).astype("float32")
    seen = made.trace(model, SPEC, x, np.ones((2, *SPEC.output_shape), "float32"))
    assert set(seen.outputs) == set(SPEC.shapes()) == set(seen.grads)
    assert np.array_equal(seen.outputs["0.body.0"], np.maximum(x, 0))
    assert np.array_equal(seen.outputs["0.shortcut.0"], x)
