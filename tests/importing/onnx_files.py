"""Files of ONNX written by hand, and what ONNX's own evaluator makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import ArrayLike
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

import netspec as ns
from netspec import importing
from netspec.contract import Array
from netspec.importing import Imported

BATCH = 3
KINDS = {"float64": TensorProto.DOUBLE, "int64": TensorProto.INT64}


class Graph:
    """Nodes of a file, one after another.

    Attributes:
        last: name of what the last of them gives.
    """

    def __init__(
        self, shape: Sequence[int], opset: int = 21, batch: int | str = "batch"
    ) -> None:
        self.shape, self.opset, self.batch = tuple(shape), opset, batch
        self.nodes: list[onnx.NodeProto] = []
        self.arrays: list[TensorProto] = []
        self.outputs: list[str] = []
        self.last = "x"
        self.kind = "float64"

    def array(self, values: ArrayLike, name: str = "") -> str:
        """An initializer; floats are float64."""
        found = np.asarray(values)
        name = name or f"w{len(self.arrays)}"
        self.arrays.append(numpy_helper.from_array(found, name))
        return name

    def drawn(self, *shape: int, name: str = "") -> str:
        """An initializer of values from 0.5 to 1.5, none like another."""
        random = np.random.default_rng(len(self.arrays))
        return self.array(random.uniform(0.5, 1.5, shape), name)

    def add(self, op: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        """A node that reads these behind the last value, or a value named first."""
        names = [f"{op.lower()}{len(self.nodes)}"]
        names += [f"{names[0]}_{i}" for i in range(1, outputs)]
        domain = attributes.pop("domain", "")
        reads = attributes.pop("reads", [self.last, *inputs])
        made = helper.make_node(op, reads, names, names[0], domain=domain, **attributes)
        self.nodes.append(made)
        self.last = names[0]
        return self.last

    def model(self) -> onnx.ModelProto:
        given = helper.make_tensor_value_info(
            "x", KINDS[self.kind], [self.batch, *self.shape]
        )
        names = self.outputs or [self.last]
        outputs = [
            helper.make_tensor_value_info(name, TensorProto.DOUBLE, None)
            for name in names
        ]
        graph = helper.make_graph(self.nodes, "net", [given], outputs, self.arrays)
        imports = [helper.make_opsetid("", self.opset)]
        return helper.make_model(graph, opset_imports=imports)

    def write(self, folder: Path) -> Path:
        path = folder / "net.onnx"
        onnx.save(self.model(), path)
        return path

    def read(self, folder: Path) -> Imported:
        return importing.onnx(self.write(folder))


def inputs_of(found: Imported, batch: int = BATCH) -> Array:
    """Inputs on both sides of what functions bend at."""
    random = np.random.default_rng(5)
    shape = (batch, *found.spec.input_shape)
    if found.spec.input_dtype == "int":
        return random.integers(0, 4, shape)
    return random.normal(0, 2, shape)


# Which ONNX's evaluator computes otherwise than ONNX says: Softmax before version 13,
# BatchNormalization before 14 and LRN; or not at all
WRONG = ("Softmax", "BatchNormalization", "LRN")
# Numbers of float32, which its evaluator has where the layers have those of float64
ROUNDED = ("HardSigmoid", "HardSwish", "Gelu", "GroupNormalization", "Erf")


def distance(path: Path, found: Imported, batch: int = BATCH) -> float:
    """How far the spec is from ONNX's evaluator in float64, or from onnxruntime in
    float32 where that is not right, relative to the largest output and to what rounding
    allows.
    """
    model = onnx.load(path)
    ops = {node.op_type for node in model.graph.node}
    old = model.opset_import[0].version < 14
    if "LRN" in ops or (old and ops & set(WRONG)):
        return _distance(path, found, batch, "float32") / 1e-5
    limit = 1e-7 if ops & set(ROUNDED) else 1e-12
    return _distance(path, found, batch, "float64") / limit


def _distance(path: Path, found: Imported, batch: int, dtype: str) -> float:
    x = inputs_of(found, batch)
    expected = run(path, x) if dtype == "float32" else evaluated(path, x)
    x = x.astype(dtype) if x.dtype.kind == "f" else x
    params = {path: array.astype(dtype) for path, array in found.params.items()}
    backend = ns.backend("numpy")
    model = backend.compile(found.spec, params=params, dtype=dtype)
    received = backend.forward(model, found.spec, x)
    assert received.shape == expected.shape
    return float(np.abs(received - expected).max() / max(np.abs(expected).max(), 1e-3))


def evaluated(path: Path, x: Array) -> Array:
    """What ONNX's own evaluator makes of a file in float64."""
    made: Any = ReferenceEvaluator(str(path)).run(None, {"x": x})
    return np.asarray(made[0])


def trained(path: Path, x: Array) -> dict[str, Array]:
    """What training makes of a file that is one BatchNormalization: its output and its
    statistics, by their names; nothing of other files.
    """
    model = onnx.load(path)
    first, *others = model.graph.node
    if others or first.op_type != "BatchNormalization":
        return {}
    first.attribute.append(helper.make_attribute("training_mode", 1))
    kept = [f"state {name}" for name in first.input[3:]]
    first.output.extend(kept)
    for name in kept:
        made = helper.make_tensor_value_info(name, TensorProto.DOUBLE, None)
        model.graph.output.append(made)
    held: Any = ReferenceEvaluator(model).run(None, {"x": x})
    names = ("output", *(name.replace(" ", ".") for name in kept))
    return dict(zip(names, held, strict=True))


def run(path: Path, x: Array) -> Array:
    """What onnxruntime makes of a file in float32."""
    return _by_runtime(onnx.load(path), x.astype(np.float32))


def _by_runtime(model: onnx.ModelProto, x: Array) -> Array:
    for array in model.graph.initializer:
        values = numpy_helper.to_array(array)
        if values.dtype == np.float64:
            made = numpy_helper.from_array(values.astype(np.float32), array.name)
            array.CopyFrom(made)
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.elem_type = TensorProto.FLOAT
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return np.asarray(session.run(None, {"x": x})[0])
