"""ONNX models: names, shapes, what runs them, and what they cannot do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import BackendError, Spec
from netspec import layers as nl
from netspec.contract import Array
from netspec.declare import Field
from netspec.declare.rules import REAL
from netspec.layers import Elementwise, layer

onnx = pytest.importorskip("onnx")
ort = pytest.importorskip("onnxruntime")
netspec_onnx = pytest.importorskip("netspec_onnx")
BACKEND = netspec_onnx.backend

NET = Spec(
    "net",
    (4, 6, 6),
    [
        *(nl.Conv2D(4, kernel_size=3, padding=1, name="conv"), nl.BatchNorm()),
        nl.Residual([nl.Conv2D(4, kernel_size=1), nl.GroupNorm(2)]),
        *(nl.Flatten(), nl.Dropout(), nl.Dense(3, name="head")),
    ],
)


def batch(spec: Spec, size: int, dtype: str = "float32") -> Array:
    random = np.random.default_rng(size)
    return random.normal(size=(size, *spec.input_shape)).astype(dtype)


def by_reference(spec: Spec, x: Array) -> Array:
    numpy = ns.backend("numpy")
    model = numpy.compile(spec, seed=0, dtype="float64")
    return numpy.forward(model, spec, x.astype("float64"))


def test_weights_and_values_have_canonical_names() -> None:
    model = BACKEND.compile(NET, seed=0)
    assert type(model) is onnx.ModelProto
    weights = [tensor.name for tensor in model.graph.initializer]
    assert [name for name in weights if name in NET.parameters()] == [*NET.parameters()]
    nodes = {node.name for node in model.graph.node}
    assert {"conv", "1", "2.body.0", "2.body.1", "2", "3", "head"} <= nodes
    assert "4" not in nodes  # in evaluation Dropout is nothing
    ends = (*model.graph.input, *model.graph.output)
    assert [value.name for value in ends] == ["input", "output"]


def test_every_value_has_a_shape_and_the_batch_is_free() -> None:
    model = BACKEND.compile(NET, seed=0)
    onnx.checker.check_model(model, full_check=True)
    shapes = {
        value.name: [dim.dim_param or dim.dim_value for dim in _dims(value)]
        for value in (*model.graph.input, *model.graph.output, *model.graph.value_info)
    }
    assert {name for node in model.graph.node for name in node.output} <= {*shapes}
    assert shapes["input"] == ["batch", 4, 6, 6]
    assert shapes["2"] == ["batch", 4, 6, 6]
    assert shapes["output"] == ["batch", 3]


def _dims(value: Any) -> Any:
    return value.type.tensor_type.shape.dim


@pytest.mark.parametrize("size", [1, 7])
def test_onnxruntime_alone_runs_the_file(size: int, tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(ns.export(NET, "onnx"))
    session = ort.InferenceSession(str(tmp_path / "net.onnx"))
    x = batch(NET, size)
    (y,) = session.run(None, {"input": x})
    assert y.shape == (size, 3)
    # conformance proves it closely; this is the file, with the weights of seed 0
    assert np.allclose(y, by_reference(NET, x), rtol=1e-4, atol=1e-5)


def test_a_file_gives_its_weights_back() -> None:
    params = ns.init_params(NET, 5)
    model = onnx.load_from_string(
        BACKEND.compile(NET, params=params).SerializeToString()
    )
    held = BACKEND.params(model, NET)
    assert all(np.array_equal(held[path], params[path]) for path in params)
    x = batch(NET, 2)
    other = BACKEND.load_params(model, NET, ns.init_params(NET, 0))
    assert not np.array_equal(
        BACKEND.forward(model, NET, x), BACKEND.forward(other, NET, x)
    )
    assert np.array_equal(
        BACKEND.forward(other, NET, x),
        BACKEND.forward(BACKEND.compile(NET, seed=0), NET, x),
    )


@pytest.mark.parametrize("name", ["input", "output"])
def test_layers_named_as_the_ends_are_told_apart(name: str) -> None:
    spec = Spec("ends", (3,), [nl.Dense(3, name=name), nl.Tanh()])
    x = batch(spec, 2)
    y = BACKEND.forward(BACKEND.compile(spec, seed=0), spec, x)
    assert np.allclose(y, by_reference(spec, x), rtol=1e-5)


def test_what_does_nothing_is_still_a_model() -> None:
    spec = Spec("nothing", (3,), [nl.Identity(), nl.Dropout()])
    x = batch(spec, 2)
    assert np.array_equal(BACKEND.forward(BACKEND.compile(spec), spec, x), x)


def test_an_output_that_is_read_as_well() -> None:
    nodes = [
        nl.Node("twice", [nl.Tanh()]),
        nl.Node("read", [nl.Dense(3)], reads=["twice"]),
        nl.Node("sum", [nl.Identity()], reads=["twice", "read"], merge="add"),
    ]
    spec = Spec("both", (3,), [nl.Graph(nodes), nl.Identity()])
    x = batch(spec, 2)
    y = BACKEND.forward(BACKEND.compile(spec, seed=0), spec, x)
    assert np.allclose(y, by_reference(spec, x), rtol=1e-5)


def test_tied_weights_are_held_once() -> None:
    layers = [nl.Embedding(50, dim=8), nl.Dense(50, bias=False)]
    spec = Spec("tied", (4,), layers, input_dtype="int", ties={"1.weight": "0.weight"})
    model = BACKEND.compile(spec, seed=0)
    assert [t.name for t in model.graph.initializer if t.dims == [50, 8]] == [
        "0.weight"
    ]


def test_there_is_evaluation_and_nothing_else() -> None:
    model, x = BACKEND.compile(NET, seed=0), batch(NET, 2)
    with pytest.raises(BackendError, match="has no training mode"):
        BACKEND.forward(model, NET, x, train=True)
    with pytest.raises(BackendError, match="has no gradients"):
        BACKEND.step(model, NET, x, batch(Spec("y", (3,), [nl.Identity()]), 2))
    with pytest.raises(BackendError, match="no device"):
        BACKEND.compile(NET, seed=0, device="gpu")


def test_what_it_lacks_is_listed_and_leaves_nothing_undecided() -> None:
    report = ns.conform(NET, BACKEND)
    assert report.verdict == "PASSED"
    assert set(report.counts) == {"pass", "declared", "unsupported"}
    for check in ("gradients", "state", "training", "dropout", "init_statistics"):
        rows = report.select(check=check)
        assert rows
        assert {row.verdict.status for row in rows} == {"unsupported"}, check
    outputs = report.select(check="outputs", spec="net")
    said = {row.what: row.verdict.status for row in outputs if row.dtype == "float32"}
    assert said["training: step"] == "unsupported"
    assert said["evaluation: output"] == "pass"


def test_the_text_is_read_back_and_listed_by_layer() -> None:
    read = onnx.parser.parse_model(BACKEND.source(NET))
    assert [value.name for value in read.graph.input] == ["input", *NET.parameters()]
    layers = BACKEND.listing(NET).layers
    assert {*layers} == {node.path for node in NET.graph.walk()}
    assert layers["conv"].startswith("[conv] conv = Conv <")
    assert layers["2.body.1"].count("\n") == 6
    assert layers["4"] == ""


@layer
class Swished(Elementwise):
    """``x * sigmoid(beta * x)``."""

    beta: Field[float, float] = Field(REAL, default=1.0)


def test_a_layer_of_a_user_needs_a_lowering() -> None:
    spec = Spec("swished", (3,), [Swished(2.0)])
    with pytest.raises(BackendError, match=r"@netspec_onnx\.lower\.register"):
        BACKEND.compile(spec)

    def swished(layer: Swished, node: Any, x: str, to: Any) -> str:
        inner = to.op("Mul", x, to.numbers(layer.beta))
        y: str = to.op("Mul", x, to.op("Sigmoid", inner))
        return y

    netspec_onnx.lower.register(Swished, swished)
    x = batch(spec, 2)
    y = BACKEND.forward(BACKEND.compile(spec), spec, x)
    assert np.allclose(y, x / (1 + np.exp(-2 * x)), rtol=1e-5)
