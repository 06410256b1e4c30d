"""Files of ONNX that are damaged, that lie, or that hold what no spec has: one sentence
for each thing, all together, and nothing is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

import netspec as ns
from netspec.importing import ImportProblem
from tests.importing.onnx_files import Graph

IMAGE = (4, 7, 6)
Model = onnx.ModelProto


def dense() -> Graph:
    graph = Graph((4,))
    graph.add("MatMul", graph.drawn(4, 3, name="w"))
    graph.add("Relu")
    return graph


def refusal(data: bytes, folder: Path) -> str:
    path = folder / "net.onnx"
    path.write_bytes(data)
    with pytest.raises(ns.NetspecError) as caught:
        ns.importing.onnx(path)
    return str(caught.value)


def older(model: Model) -> None:
    model.opset_import[0].version = 6


def newer(model: Model) -> None:
    model.opset_import[0].version = 999


def lying(model: Model) -> None:
    model.graph.initializer[0].dims[0] = 10**12


def negative(model: Model) -> None:
    model.graph.initializer[0].dims[0] = -4


def without_values(model: Model) -> None:
    model.graph.initializer[0].ClearField("raw_data")


def unmade(model: Model) -> None:
    model.graph.node[1].input[0] = "nowhere"


def in_a_circle(model: Model) -> None:
    model.graph.node[0].input[0] = model.graph.node[1].output[0]


def made_twice(model: Model) -> None:
    model.graph.node[1].output[0] = model.graph.node[0].output[0]


def without_output(model: Model) -> None:
    del model.graph.output[:]


def elsewhere(model: Model) -> None:
    """An array in a file that is not there."""
    array = model.graph.initializer[0]
    array.data_location = onnx.TensorProto.EXTERNAL
    array.ClearField("raw_data")
    array.external_data.add(key="location", value="gone.bin")


def outside(model: Model) -> None:
    elsewhere(model)
    model.graph.initializer[0].external_data[0].value = "../../etc/passwd"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (older, "has operations of version 6; netspec reads 7 to"),
        (newer, "has operations of version 999"),
        (lying, "the array 'w' of sizes [1000000000000, 3] is damaged"),
        (negative, "the array 'w' of sizes [-4, 3] is damaged"),
        (without_values, "the array 'w' of sizes [4, 3] is damaged"),
        (unmade, "the value 'nowhere' is read, but nothing makes it"),
        (in_a_circle, "the graph goes in a circle: "),
        (made_twice, "the value 'matmul0' is made twice"),
        (without_output, "has no output"),
        (elsewhere, "gone.bin"),
        (outside, "is no model of ONNX, or is damaged"),
    ],
)
def test_damaged_graphs(
    change: Callable[[Model], None], said: str, tmp_path: Path
) -> None:
    model = dense().model()
    change(model)
    text = refusal(model.SerializeToString(), tmp_path)
    assert said in text
    assert str(tmp_path / "net.onnx") in text
    assert "\n" not in text


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-9],
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: b"PK\x03\x04" + data,
        lambda data: b'{"nodes": []}',
        lambda data: b"\0" * 200,
    ],
)
def test_truncated_and_foreign_files(
    change: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    text = refusal(change(dense().model().SerializeToString()), tmp_path)
    assert "no model of ONNX" in text
    assert "\n" not in text


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ns.SpecError, match=r"none\.onnx: cannot be read: No such file"):
        ns.importing.onnx(tmp_path / "none.onnx")


def sized(size: int) -> Callable[[Graph], object]:
    """A weight that the graph computes, of as many columns."""

    def write(graph: Graph) -> None:
        sizes = graph.array(np.array([4, size]))
        made = graph.add("ConstantOfShape", reads=[sizes])
        graph.add("MatMul", reads=["x", made])

    return write


def tiled(graph: Graph) -> None:
    made = graph.add("Tile", reads=[graph.drawn(4, 3), graph.array([1, 10**11])])
    graph.add("MatMul", reads=["x", made])


def ranged(graph: Graph) -> None:
    ends = (graph.array(np.array(n, np.float64)) for n in (0, 10**12, 1))
    made = graph.add("Range", reads=list(ends))
    graph.add("Mul", reads=["x", made])


@pytest.mark.parametrize("write", [sized(10**12), tiled, ranged])
def test_arrays_of_a_million_millions(
    write: Callable[[Graph], object], tmp_path: Path
) -> None:
    graph = Graph((4,))
    write(graph)
    with pytest.raises(ImportProblem, match="too many"):
        graph.read(tmp_path)


def one(op: str, *shapes: tuple[int, ...], **attributes: Any) -> Callable[[Graph], Any]:
    return lambda g: g.add(op, *(g.drawn(*shape) for shape in shapes), **attributes)


def transposed(graph: Graph) -> None:
    graph.add("Transpose", perm=[1, 0, 2, 3])
    graph.add("GlobalMaxPool")
    graph.add("Transpose", perm=[1, 0, 2, 3])


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (one("NonZero"), "netspec has no layer for it, or no rule that reads it"),
        (one("FusedMatMul", (6, 6), domain="com.microsoft"), "com.microsoft.FusedMat"),
        (one("Exp"), "netspec has no layer of this function"),
        (one("Pow", ()), "raises to another power than 2"),
        (one("ReduceSum"), "reduces the batch axis; name the other axes"),
        (one("ReduceSum", axes=[0]), "works along the batch axis"),
        (one("Transpose"), "has the batch not as axis 0"),
        (transposed, "reads values whose batch is another axis than the first"),
        (
            one("Conv", (2, 3, 3, 3)),
            "w0 gives (2, 3, 3, 3), where the layer has (2, 4, 3, 3)",
        ),
        (one("Conv", (2, 4)), "has a weight of shape (2, 4)"),
        (one("Conv", (2, 4, 3, 3), strides=[1]), "strides must be 2 integers"),
        (
            one("Conv", (2, 4, 3, 3), group="a"),
            "group must be an integer, received 'a'",
        ),
        (one("LRN", size=4), "has a window of 4 channels"),
        (one("AveragePool", kernel_shape=[2, 2], dilations=[2, 2]), "has no dilations"),
        (one("Flatten", axis=7), "the file is damaged"),
        (one("Concat", reads=["x", "x"], axis=0), "so examples are mixed"),
        (one("Dropout", ratio=7.0), "rate must be"),
        (one("Mul", (3, 4, 7, 6)), "joins an array of shape (3, 4, 7, 6)"),
        (one("Gemm", (168, 3)), "reads examples of shape (4, 7, 6)"),
        (one("PRelu", (7, 1)), "has slopes that are not one for each channel"),
        (one("Split", axis=1, split=[1, 1], outputs=2), "splits 4 values into parts"),
        (one("Resize", mode="cubic"), "Upsample has no mode='cubic'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refusals(write: Callable[[Graph], Any], said: str, tmp_path: Path) -> None:
    graph = Graph(IMAGE, 11)
    write(graph)
    graph.add("Softsign")
    with pytest.raises(ImportProblem) as caught:
        graph.read(tmp_path)
    assert said in str(caught.value)


def test_all_problems_at_once(tmp_path: Path) -> None:
    graph = Graph((4,))
    graph.add("NonZero")
    graph.add("Relu")
    graph.add("Det")
    with pytest.raises(ImportProblem) as caught:
        graph.read(tmp_path)
    assert [one.operation for one in caught.value.problems] == ["Det", "NonZero"]


def test_half_precision_is_refused(tmp_path: Path) -> None:
    graph = Graph((4,))
    graph.add("MatMul", graph.array(np.ones((4, 3), np.float16), "w"))
    with pytest.raises(ImportProblem, match="w is float16; a spec has one of float32"):
        graph.read(tmp_path)


def test_several_inputs_are_named(tmp_path: Path) -> None:
    model = dense().model()
    kind = onnx.TensorProto.DOUBLE
    model.graph.input.append(onnx.helper.make_tensor_value_info("more", kind, [4]))
    text = refusal(model.SerializeToString(), tmp_path)
    assert "has 2 inputs, of which a model has one: 'x', 'more'" in text
