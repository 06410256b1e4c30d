"""Graphs of ONNX that are more than their operations, read from files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest

import netspec as ns
from netspec.importing import ImportProblem
from tests.importing.compared import nameless
from tests.importing.onnx_files import Graph, distance

IMAGE = (4, 7, 6)
Write = Callable[[Graph], object]


def one(op: str, *shapes: tuple[int, ...], **attributes: Any) -> Write:
    """A node with arrays of these shapes behind the input."""
    return lambda g: g.add(op, *(g.drawn(*shape) for shape in shapes), **attributes)


def test_less_than_no_padding_crops(tmp_path: Path) -> None:
    graph = Graph((4, 5), 13)
    graph.add("Pad", graph.array([0, 0, -1, 0, 0, 2]))
    assert nameless(graph.read(tmp_path).spec) == (ns.Crop1D((1, 0)), ns.Pad1D((0, 2)))


def test_an_embedding(tmp_path: Path) -> None:
    graph = Graph((5,))
    graph.kind = "int64"
    graph.add("Gather", reads=[graph.drawn(4, 3, name="table"), "x"])
    found = graph.read(tmp_path)
    assert found.spec.input_dtype == "int"
    assert nameless(found.spec) == (ns.Embedding(4, dim=3),)
    assert found.names == {"gather0.weight": "table"}
    assert distance(tmp_path / "net.onnx", found) == 0


def test_a_batch_that_the_file_fixes_is_free(tmp_path: Path) -> None:
    graph = Graph(IMAGE, batch=1)
    graph.add("Reshape", graph.array([1, 2, 2, 42]))
    graph.add("Transpose", perm=[0, 2, 1, 3])
    graph.add("Reshape", graph.array([1, -1]))
    found = graph.read(tmp_path)
    assert found.spec.output_shape == (168,)
    assert distance(tmp_path / "net.onnx", found, batch=1) == 0


def test_what_two_layers_read_each_has(tmp_path: Path) -> None:
    graph = Graph((4,))
    weight = graph.drawn(4, 4, name="same")
    graph.add("MatMul", weight)
    graph.add("Relu")
    graph.add("MatMul", weight)
    found = graph.read(tmp_path)
    assert list(found.names.values()) == ["same", "same#2"]
    assert "same is read by several layers" in found.notes[0]
    assert distance(tmp_path / "net.onnx", found) < 1


def test_old_files_list_their_arrays_among_the_inputs(tmp_path: Path) -> None:
    graph = Graph((4,), 7)
    graph.add("MatMul", graph.drawn(4, 3, name="w"))
    model = graph.model()
    kind = onnx.TensorProto.DOUBLE
    model.graph.input.append(onnx.helper.make_tensor_value_info("w", kind, [4, 3]))
    model.ir_version = 3
    path = tmp_path / "net.onnx"
    onnx.save(model, path)
    assert nameless(ns.importing.onnx(path).spec) == (ns.Dense(3, bias=False),)


def test_arrays_may_lie_beside_the_file(tmp_path: Path) -> None:
    graph = Graph((40,))
    graph.add("MatMul", graph.drawn(40, 30, name="w"))
    path = tmp_path / "net.onnx"
    onnx.save(graph.model(), path, save_as_external_data=True, location="net.bin")
    found = ns.importing.onnx(path)
    assert (tmp_path / "net.bin").stat().st_size > 9000
    assert distance(path, found) < 1


def test_sizes_that_a_file_leaves_open_are_given(tmp_path: Path) -> None:
    graph = Graph(("height",))  # type: ignore[arg-type]
    graph.add("Relu")
    path = graph.write(tmp_path)
    with pytest.raises(
        ImportProblem, match=r"leaves sizes open: height; give input_sh"
    ):
        ns.importing.onnx(path)
    assert ns.importing.onnx(path, (7,)).spec.input_shape == (7,)
    with pytest.raises(ns.InputError, match="sizes of one example"):
        ns.importing.onnx(path, (-1,))


def test_several_outputs_are_chosen(tmp_path: Path) -> None:
    graph = Graph((4,))
    graph.outputs = [graph.add("Relu"), graph.add("Tanh")]
    path = graph.write(tmp_path)
    with pytest.raises(ImportProblem, match="gives 2 outputs: relu0, tanh1; choose"):
        ns.importing.onnx(path)
    found = ns.importing.onnx(path, output="relu0")
    assert nameless(found.spec) == (ns.ReLU(),)
    with pytest.raises(ns.InputError, match="no output 'relu1'; did you mean 'relu0'"):
        ns.importing.onnx(path, output="relu1")


def test_modules_come_back(tmp_path: Path) -> None:
    graph = Graph((4,))
    for name in ("/body/body.0/first/Relu", "/body/body.0/second/Tanh", "/head/Relu"):
        graph.add(name.rpartition("/")[2])
        graph.nodes[-1].name = name
    body, head = graph.read(tmp_path).spec.layers
    assert (body.name, head.name) == ("body", "head")
