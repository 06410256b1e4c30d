"""Traces of Keras: what every layer gives, against the reference."""

from __future__ import annotations

import numpy as np
import pytest

import netspec as ns
from netspec import layers as nl
from netspec.conformance.cases import draw_case
from netspec.conformance.judging import judge
from netspec.contract import TracingBackend
from netspec.spec import Spec
from tests.backends.test_tied import TIED
from tests.signals.nets import forecast, named
from tests.signals.test_trace import BYPASSED

found = ns.backends().get("keras")
if found is None or not found.installed:
    pytest.skip("Keras is not installed", allow_module_level=True)

# Keras reads these to one state, of which the trace tells all the same
FORWARD: list[nl.Layer] = [nl.LSTM(3, recurrent_bias=False), nl.Select(1, -1)]
BACKWARD: list[nl.Layer] = [nl.GRU(3, direction="reverse"), nl.Select(1, 0), nl.Tanh()]
CNN = Spec(
    "cnn",
    (3, 5, 4),
    [
        *(nl.Conv2D(4, kernel_size=3, padding=1, stride=2), nl.BatchNorm()),
        nl.Residual([nl.Sequential([nl.Conv2D(4, kernel_size=1), nl.Tanh()])]),
        nl.Parallel([[nl.Conv2D(2, kernel_size=1)], [nl.Sigmoid()]]),
        *(nl.Reshape((6, 6)), nl.Parallel([FORWARD, BACKWARD])),
    ],
)


@pytest.mark.parametrize("spec", [CNN, BYPASSED, TIED], ids=lambda spec: spec.name)
def test_every_layer_agrees_with_the_reference(spec: Spec) -> None:
    case = draw_case(spec, train=True, dtype="float32")
    own = ns.backend("keras")
    assert isinstance(own, TracingBackend)
    model = own.compile(spec, params=case.params)
    before = own.params(model, spec)
    with own.quick():  # type: ignore[attr-defined]
        trace = own.trace(model, spec, case.x, case.cotangent, train=True)
    assert set(trace.outputs) == set(trace.grads) == set(spec.shapes())
    received, expected = named(trace), forecast(case)
    assert set(received) == set(expected)
    verdicts = {name: judge(received[name], expected[name]) for name in expected}
    assert {n: v for n, v in verdicts.items() if v.status == "fail"} == {}
    after = own.params(model, spec)
    assert all(np.array_equal(before[path], after[path]) for path in before)


def test_a_seed_draws_one_mask_for_both_ways() -> None:
    spec = Spec("net", (64,), [nl.Identity(), nl.Dropout(0.5)])
    own = ns.backend("keras")
    assert isinstance(own, TracingBackend)
    model = own.compile(spec)
    ones = np.ones((2, 64), np.float32)
    with own.quick():  # type: ignore[attr-defined]
        trace = own.trace(model, spec, ones, ones, train=True, seed=1)
    assert set(np.unique(trace.outputs["1"])) == {0, 2}
    assert np.array_equal(trace.outputs["1"], trace.grads["0"])
