"""The nets that the package onnx carries, which are without weights: drawn here."""

from __future__ import annotations

import atexit
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import numpy as np

from netspec import importing
from netspec.contract import Array
from netspec.importing import Imported
from tests.imports.originals import Missing, Original, Recorded

NAMES = (
    *("bvlc_alexnet", "densenet121", "inception_v1", "inception_v2", "resnet50"),
    *("shufflenet", "squeezenet", "vgg19", "zfnet512"),
)


def names() -> list[str]:
    """List the nets.

    Raises:
        Missing: onnx or onnxruntime is not installed.
    """
    lacking = [name for name in ("onnx", "onnxruntime") if find_spec(name) is None]
    if lacking:
        raise Missing(f"{' and '.join(lacking)} cannot be imported")
    return list(NAMES)


def file_of(name: str) -> Path:
    """Return the file of a net, as the package has it."""
    import onnx

    folder = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
    return folder / f"light_{name}.onnx"


def original(name: str, size: int | None = None) -> Original:
    """Draw the weights of a net, and write it to a file.

    Args:
        name: of the net.
        size: of images, where the net takes another than its own.
    """
    import onnx
    import onnxruntime

    names()
    path = Path(mkdtemp()) / f"{name}.onnx"
    atexit.register(rmtree, path.parent, ignore_errors=True)
    model = onnx.load(file_of(name))
    _draw(model)
    _open(model)
    (given,) = _inputs(model)
    dims = given.type.tensor_type.shape.dim
    for dim in dims[2:] if size else ():
        dim.dim_value = size or 0
    if size:
        del model.graph.output[0].type.tensor_type.shape.dim[2:]
    onnx.save(model, path)
    shape = tuple(dim.dim_value for dim in dims[1:])

    def forward(x: Array) -> Array:
        quiet = onnxruntime.SessionOptions()
        quiet.log_severity_level = 3  # of arrays that nothing reads it warns one by one
        held = onnxruntime.InferenceSession(str(path), quiet)
        made = [held.run(None, {given.name: one[None]})[0] for one in x]
        return np.concatenate(made)

    def read() -> Imported:
        return importing.onnx(path)

    return Original(shape, read, Recorded(forward, "float32"), "torch")


def _inputs(model: Any) -> list[Any]:
    stored = {one.name for one in model.graph.initializer}
    return [one for one in model.graph.input if one.name not in stored]


def _draw(model: Any) -> None:
    """Put initializers in the place of nodes that fill arrays with one value."""
    from onnx import numpy_helper

    random = np.random.default_rng(0)
    sizes = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    for node in [n for n in model.graph.node if n.op_type == "ConstantOfShape"]:
        shape = [int(n) for n in sizes[node.input[0]]]
        array = numpy_helper.from_array(_drawn(random, shape), node.output[0])
        model.graph.initializer.append(array)
        model.graph.node.remove(node)


def _open(model: Any) -> None:
    """Leave out a Softmax at the end: with weights that are drawn it gives zeros and
    ones, which tell nothing of what comes before.
    """
    nodes, (output,) = model.graph.node, model.graph.output
    if nodes[-1].op_type == "Softmax":
        output.name = nodes[-1].input[0]
        del nodes[-1]


def _drawn(random: np.random.Generator, shape: list[int]) -> Array:
    """Draw a kernel that keeps the size of values, or values that may be variances."""
    if len(shape) < 2:
        return random.uniform(0.5, 1.5, shape).astype(np.float32)
    scale = (2 / np.prod(shape[1:])) ** 0.5
    return random.standard_normal(shape, dtype=np.float32) * np.float32(scale)
