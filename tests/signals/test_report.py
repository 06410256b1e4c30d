"""Rows, verdicts and documents."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import netspec
from netspec import (
    CELU,
    ELU,
    SELU,
    BatchNorm,
    Constant,
    Dense,
    Flatten,
    HardSigmoid,
    Initializer,
    InitPolicy,
    Layer,
    NetspecError,
    Normal,
    Parallel,
    ReLU,
    ReLU6,
    Residual,
    Sequential,
    Sigmoid,
    Softplus,
    Softsign,
    Spec,
    SpecError,
    Tanh,
)
from netspec.contract import Array
from netspec.reference import Run, evaluate
from netspec.signals import BAND, Idle, idle, moments
from tests.signals.nets import deep


@given(arrays(np.float64, (3, 4), elements=st.floats(-1e3, 1e3, width=32)))
def test_moments_are_those_of_numpy(values: Array) -> None:
    found = moments(values)
    room = 1e3 * values.size * 2.0**-52
    assert abs(found.mean - values.mean()) <= room
    assert abs(found.std - values.std()) <= room
    assert abs(found.norm - np.linalg.norm(values)) <= values.size * room
    assert found.finite


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_moments_neither_overflow_nor_underflow(scale: float) -> None:
    found = moments(np.array([3.0, -4.0]) * scale)
    assert math.isclose(found.norm, 5 * scale)
    assert math.isclose(found.std, 3.5 * scale)


def test_moments_count_what_is_not_finite() -> None:
    found = moments(np.array([1, np.inf, -np.inf, np.nan], np.float32))
    assert (found.infinite, found.nan, found.finite) == (2, 1, False)
    assert math.isnan(found.mean)
    assert moments(np.array([1, np.inf])).norm == math.inf


def test_rows_are_in_the_order_of_computation() -> None:
    layers: list[Layer] = [
        Residual([Dense(4), Sequential([ReLU(), Dense(4)])]),
        Parallel([[Dense(2)], [Dense(3), ReLU()]]),
    ]
    found = netspec.probe(Spec("net", (4,), layers))["spec"]
    order = "0.body.0 0.body.1.0 0.body.1.1 0.body.1 0 1.0.0 1.1.0 1.1.1 1"
    assert " ".join(row.path for row in found.rows) == order
    assert found.row("0.body.1").grad_params is None
    with pytest.raises(NetspecError, match="no layer has the path '2'"):
        found.row("2")


ACTIVATIONS = (
    *(Sigmoid(), Tanh(), Softsign(), Softplus(), SELU()),
    *(ELU(), ELU(0.3), ELU(2.0), CELU(), CELU(0.5)),
)
SLOPES: dict[type[Layer], float] = {
    Sigmoid: 0.25,
    SELU: 1.0507009873554805 * 1.6732632423543772,
}


@pytest.mark.parametrize("layer", ACTIVATIONS, ids=repr)
def test_saturated_is_where_the_derivative_is_small(layer: Layer) -> None:
    """That of the reference, against 1% of its largest value."""
    x = np.linspace(-12, 12, 4001).reshape(1, -1)
    spec = Spec("one", (x.size,), [layer])
    y, pullback = evaluate(spec.graph, x, Run({}))
    slopes = pullback(np.ones_like(x))
    largest = max(SLOPES.get(type(layer), 1.0), getattr(layer, "alpha", 0.0))
    largest = 1.0 if isinstance(layer, CELU) else largest
    expected = np.mean(slopes < 0.01 * largest)
    found = idle(layer, y)
    assert found is not None
    assert found.kind == "saturated"
    assert abs(found.share - expected) < 2 / x.size


@pytest.mark.parametrize(
    ("layer", "flat"), [(ReLU(), (0, 1)), (ReLU6(), (0, 6)), (HardSigmoid(), (0, 1))]
)
def test_dead_is_flat_for_the_whole_batch(layer: Layer, flat: tuple[int, int]) -> None:
    low, high = flat
    y = np.array([[0, low, 0.5, 0], [0, high, 0, 0.5]])
    share = 1 / 4 if isinstance(layer, ReLU) else 2 / 4
    assert idle(layer, y) == Idle("dead", share)
    assert idle(Dense(2), y) is None


def test_a_unit_that_is_always_0_is_dead() -> None:
    bias: dict[str, Initializer] = {"bias": Constant(-1000.0)}
    net = Spec("net", (4,), [Dense(8, init=bias), ReLU(), Dense(2)])
    found = netspec.probe(net)["spec"]
    assert found.row("1").idle == Idle("dead", 1.0)
    assert found.verdict.word == "vanishing"


def refuse(constant: str) -> float:
    raise AssertionError(f"{constant} is not JSON")


def test_the_document_is_json_and_holds_every_number() -> None:
    net = deep(60, 64, ReLU, Normal(1))
    report = netspec.probe(net, inits=["spec", "he"], batch=4, seed=3)
    document = json.loads(report.to_json(), parse_constant=refuse)
    assert (document["schema"], document["backend"]) == (1, "numpy")
    assert (document["batch"], document["seed"], document["healthy"]) == (4, 3, False)
    assert document["band"] == list(BAND)
    assert document["lr"] == 0.01
    worst, best = document["propagations"]
    assert [p["init"] for p in document["propagations"]] == ["spec", "he"]
    assert worst["first_nan"] == report["spec"].first_nan
    assert worst["rows"][-1]["output"]["std"] == "NaN"
    assert best["rows"][0]["output"]["std"] == report["he"].rows[0].output.std
    assert best["rows"][1]["idle"]["kind"] == "dead"
    assert best["verdict"]["word"] == "healthy"


def test_inits_by_name_by_repr_and_as_objects() -> None:
    net, normal = deep(2, 8, ReLU), Normal(0.5)
    given: list[str | Initializer] = [
        "spec",
        "he",
        "Normal(0.5)",
        normal,
        "LeCunNormal",
        "Normal(std=0.5)",
    ]
    report = netspec.probe(net, inits=given)
    labels = ["spec", "he", "Normal(0.5)", "Normal(std=0.5)", "LeCunNormal"]
    assert list(report.propagations) == labels
    assert report["Normal(0.5)"].rows == report["Normal(std=0.5)"].rows
    by_label = netspec.probe(net, inits={"wide": InitPolicy(normal)})
    assert by_label["wide"].rows == report["Normal(0.5)"].rows
    assert netspec.probe(net, inits="he")["he"].rows == report["he"].rows
    with pytest.raises(NetspecError, match="'her' was not probed"):
        report["her"]


BAD: list[tuple[dict[str, object], str]] = [
    ({"inits": ["hee"]}, "unknown init 'hee'; did you mean 'he'"),
    ({"inits": ["Normal(0.1"]}, "reads neither as a preset"),
    ({"inits": ["Normal(open('x'))"]}, "reads neither as a preset"),
    ({"inits": ["Normal(std=-1)"]}, "std must be a non-negative number"),
    ({"inits": ["Normal(width=1)"]}, "width"),
    ({"inits": [3]}, "must be a name, an initializer or an InitPolicy"),
    ({"inits": []}, "at least one"),
    ({"batch": 0}, "batch must be an integer of at least 1"),
    ({"batch": True}, "batch must be an integer"),
    ({"steps": -1}, "steps must be an integer of at least 0"),
    ({"steps": 1, "lr": math.nan}, "lr must be a positive number"),
    ({"dtype": "float16"}, "dtype must be"),
    ({"seed": -1}, "seed must be"),
    ({"backend": "torhc"}, "did you mean 'torch'"),
    ({"x": np.ones((2, 3), np.float32)}, "x must have shape"),
]


@pytest.mark.parametrize(("options", "problem"), BAD, ids=lambda value: str(value)[:40])
def test_bad_arguments(options: dict[str, object], problem: str) -> None:
    run: Callable[..., object] = netspec.probe
    with pytest.raises(NetspecError, match=problem.replace("(", r"\(")) as caught:
        run(deep(2, 8, ReLU), **options)
    assert "\n" not in str(caught.value)


def test_what_is_no_spec_and_a_backend_that_cannot() -> None:
    run: Callable[..., object] = netspec.probe
    with pytest.raises(SpecError, match="spec must be a Spec"):
        run("net.yaml")

    class Bare:
        name = "bare"
        compile = staticmethod(lambda spec, **options: None)

    with pytest.raises(netspec.BackendError, match="'bare' has no 'trace'"):
        run(deep(2, 8), Bare())


def test_batch_norm_needs_two_examples() -> None:
    net = Spec("net", (4,), [Dense(4), BatchNorm(), Flatten()])
    with pytest.raises(netspec.InputError, match="use a larger batch"):
        netspec.probe(net, batch=1)
