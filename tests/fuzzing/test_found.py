"""What random specs have found, in the reference and in what it allowed."""

from __future__ import annotations

import numpy as np
import pytest

import netspec
from netspec import layers as nl
from netspec.fuzzing import trial
from netspec.layers import Layer
from netspec.spec import Spec

SCALARS = Spec("scalars", (), [nl.PReLU()])


def constant(layer: Layer) -> Spec:
    """A model in which a layer reads the same value in each example."""
    table = nl.Embedding(1, dim=2)
    return Spec("constant", (), [table, layer], input_dtype="int")


@pytest.mark.parametrize(
    "spec",
    [
        SCALARS,
        constant(nl.BatchNorm(0.0095)),  # PyTorch keeps 1 - (1 - decay)
        constant(
            nl.BatchNorm(0.25, eps=1.3)
        ),  # MXNet's variance is 1 / inverse^2 - eps
    ],
    ids=["scalars", "decay", "variance"],
)
@pytest.mark.parametrize("backend", ["torch", "gluon"])
def test_frameworks_agree(backend: str, spec: Spec) -> None:
    if not netspec.backends()[backend].installed:
        pytest.skip(f"{backend} is not installed")
    assert trial(spec, netspec.backend(backend)) == []


def test_a_model_of_scalars_gives_scalars() -> None:
    backend = netspec.backend("numpy")
    model = backend.compile(SCALARS, seed=0)
    x = np.ones(5, np.float32)
    assert backend.forward(model, SCALARS, x).shape == (5,)
