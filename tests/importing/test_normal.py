"""The normal form of a spec computes what the spec does, and is its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings

import netspec as ns
from netspec import importing, layers
from netspec.conformance.cases import single_layers
from netspec.conformance.judging import Case, forecast, judge
from netspec.contract import Array
from netspec.fuzzing import strategies
from netspec.init import DrawnParameter
from netspec.layers import Layer

CATALOG = single_layers()


def values(spec: ns.Spec) -> dict[str, Array]:
    """Parameters that depend on their sizes alone: two spellings have the same."""
    return {path: _values(one) for path, one in spec.parameters().items()}


def _values(parameter: DrawnParameter) -> Array:
    angles = np.arange(parameter.size) + parameter.trainable
    return np.asarray(np.cos(angles).reshape(parameter.shape) ** 2)


def case_of(spec: ns.Spec) -> Case:
    count = 3 * int(np.prod(spec.input_shape))
    x = np.sin(np.arange(count)).reshape(3, *spec.input_shape)
    given = x if spec.input_dtype == "float" else np.zeros(x.shape, np.int64)
    cotangent = np.ones((3, *spec.output_shape))
    return Case(spec, values(spec), given, cotangent, False, "float64")


def output(spec: ns.Spec) -> Array:
    backend, case = ns.backend("numpy"), case_of(spec)
    model = backend.compile(spec, params=case.params, dtype=case.dtype)
    return backend.forward(model, spec, case.x)


def check(spec: ns.Spec) -> None:
    normal = importing.normal(spec)
    assert importing.normal(normal) == normal
    assert normal.output_shape == spec.output_shape
    sizes = [sorted(p.size for p in s.parameters().values()) for s in (spec, normal)]
    assert sizes[0] == sizes[1]
    verdict = judge(output(normal), forecast(case_of(spec)).tensors["output"])
    assert verdict.status in ("pass", "weak"), verdict


@pytest.mark.parametrize("spec", CATALOG.values(), ids=lambda spec: spec.name)
def test_a_layer(spec: ns.Spec) -> None:
    check(spec)


@settings(max_examples=40, deadline=None)
@given(strategies.specs())
def test_a_spec(spec: ns.Spec) -> None:
    check(spec)


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ([ns.HardTanh(0, 6)], [ns.ReLU6()]),
        ([ns.Identity(), ns.ReLU()], [ns.ReLU()]),
        ([ns.Reshape((2, 2)), ns.Flatten()], [ns.Identity()]),
        ([ns.Rescale(0.2, offset=0.5), ns.HardTanh(0, 1)], [ns.HardSigmoid(0.2)]),
        (
            [ns.Parallel([[ns.Identity()], [ns.Sigmoid()]], merge="multiply")],
            [ns.SiLU()],
        ),
        ([ns.Sequential([ns.Sequential([ns.ReLU()])])], [ns.ReLU()]),
        ([ns.BatchNorm()], [ns.BatchNorm(running_variance="unbiased")]),
    ],
)
def test_spellings(written: list[Layer], spelled: list[Layer]) -> None:
    assert importing.normal(ns.Spec("a", (4,), written)).layers == tuple(spelled)


def test_each_source_has_its_own_running_variance() -> None:
    spec = ns.Spec("a", (4,), [ns.BatchNorm()])
    (found,) = importing.normal(spec, "gluon").layers
    assert found == ns.BatchNorm(running_variance="biased")
    with pytest.raises(
        ns.SpecError, match="unknown source 'torhc'; did you mean 'torch'"
    ):
        importing.normal(spec, "torhc")


def test_the_first_weights_are_left_out() -> None:
    dense = ns.Dense(3, init={"weight": ns.Zeros()})
    spec = ns.Spec("a", (4,), [dense], init="he")
    assert importing.normal(spec) == ns.Spec("a", (4,), [ns.Dense(3)])


def test_a_container_that_says_not_how_it_joins_is_refused() -> None:
    @ns.layer
    class Opaque(ns.Container):
        held: ns.Field[Sequence[Layer], tuple[Layer, ...]] = ns.Field(layers.CHAIN)

        def chains(self) -> tuple[ns.Chain, ...]:
            return (ns.Chain(None, ("held",), self.held),)

        def join(self, shape: ns.Shape, outputs: Sequence[ns.Shape]) -> ns.Shape:
            return outputs[0]

    spec = ns.Spec("a", (4,), [Opaque([ns.ReLU()])])
    with pytest.raises(ns.SpecError, match="0 Opaque: does not say how it joins"):
        importing.normal(spec)


def test_ties_are_kept_and_the_first_owns() -> None:
    square = [ns.Identity(), ns.Dense(3), ns.Tanh(), ns.Dense(3)]
    spec = ns.Spec("tied", (3,), square, ties={"1.weight": "3.weight"})
    assert importing.normal(spec).ties == {"2.weight": "0.weight"}
