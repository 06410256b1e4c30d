"""What is compiled for PyTorch and imported again is the normal form of its spec."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings

import netspec as ns
from netspec import importing
from netspec.conformance.cases import single_layers
from netspec.contract import Array
from netspec.fuzzing import strategies
from tests.importing.compared import nameless, tied

CATALOG = single_layers().values()


def example(spec: ns.Spec) -> Array:
    kind = np.float32 if spec.input_dtype == "float" else np.int64
    return np.zeros((2, *spec.input_shape), kind)


def check(spec: ns.Spec, dtype: str) -> None:
    """The layers come back, and with them every bit of weights and outputs."""
    try:
        net = ns.compile(spec, "torch", seed=1, dtype=dtype)
    except ns.BackendError:
        return  # nothing was compiled
    found = importing.torch(net, example(spec))
    normal = importing.normal(spec)
    assert nameless(found.spec) == nameless(normal)
    assert tied(found.spec) == tied(normal)
    again = ns.compile(found.spec, "torch", params=found.params, dtype=dtype)
    state = net.state_dict()
    for path, name in found.names.items():
        held = again.state_dict()[path]
        assert torch.equal(held, state[name].reshape(held.shape))
    assert not found.unused
    assert not found.training_only


@pytest.mark.parametrize("spec", CATALOG, ids=lambda spec: spec.name)
def test_a_layer(spec: ns.Spec) -> None:
    check(spec, "float32")


@pytest.mark.parametrize(
    "layer",
    [
        ns.CELU(0.7),
        ns.HardSigmoid(),
        ns.Rescale((0.1, 0.2, 0.3), offset=0.7),
        ns.Softplus(),
        ns.BatchNorm(running_variance="biased"),
    ],
    ids=repr,
)
def test_a_layer_that_is_made_otherwise_in_float64(layer: ns.Layer) -> None:
    check(ns.Spec("double", (3, 4), [layer]), "float64")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.specs())
def test_a_spec(spec: ns.Spec) -> None:
    check(spec, "float32")
