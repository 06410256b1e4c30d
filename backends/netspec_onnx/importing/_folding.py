"""What a graph computes from its arrays and constants alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import onnx
from onnx import NodeProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from netspec.contract import Array
from netspec.errors import said
from netspec.importing import Lost, Value
from netspec_onnx.importing._file import attributes_of, operation_of
from netspec_onnx.importing._values import Held
from netspec_onnx.importing.layers.operations import FITTED, SAFE, VIEWS

MOST = 2**31  # bytes of what is computed: as many as a file of ONNX can hold


def fold(node: NodeProto, inputs: Sequence[Held | None], opset: int) -> Value:
    """Compute an operation whose inputs do not depend on the input of the model.

    Args:
        node: that calls it.
        inputs: what it reads; None for one that is left out.
        opset: version of the operations.
    """
    name = operation_of(node)
    arrays = [None if one is None else one.array for one in inputs]
    try:
        count = _count(name, node, arrays)
        if count is None:
            return Lost(
                f"is computed by {name} of arrays of the file; store the result"
            )
        if count * 8 > MOST:
            return Lost(f"is computed by {name} to {count:.0e} values; too many")
        made = SPARING.get(name, _evaluated)(node, arrays, opset)
    except Exception as error:  # of whatever kind, from arrays that do not fit
        reason = said(error, first_line=True)
        return Lost(
            f"is computed by {name} of arrays of the file, which fails: {reason}"
        )
    held = [one for one in inputs if one is not None]
    learned = any(one.learned for one in held) if held else name != "Constant"
    origins = [held[0].origin] * len(made) if held and name in VIEWS else node.output
    found = tuple(
        Held(origin, array, learned and array.dtype.kind == "f")
        for origin, array in zip(origins, made, strict=False)
    )
    return found if len(found) > 1 else found[0]


def _count(name: str, node: NodeProto, arrays: Sequence[Array | None]) -> float | None:
    """Tell how many values an operation gives; None where it is not computed."""
    given = [one for one in arrays if one is not None]
    if name in SAFE:
        return float(sum(one.size for one in given))
    if name in FITTED:
        return float(math.prod(np.broadcast_shapes(*(one.shape for one in given))))
    if name in GROWING:
        return float(GROWING[name](node, given))
    return None


def _product(array: Array) -> float:
    return float(np.prod(array.astype(np.float64)))


def _gathered(node: NodeProto, given: Sequence[Array]) -> float:
    data, places = given
    size = int(data.shape[attributes_of(node).get("axis", 0)])
    rows = data.size // max(size, 1)
    return float(rows * places.size)


def _multiplied(node: NodeProto, given: Sequence[Array]) -> float:
    """Bound the size of a product by all pairs of rows and columns."""
    first, second = given
    inner = max(first.shape[-1], 1)
    rows, columns = first.size // inner, second.size // inner
    return float(rows * columns)


GROWING: Mapping[str, Callable[[NodeProto, Sequence[Array]], float]] = {
    "ConstantOfShape": lambda node, given: 0,  # takes no memory here
    "Expand": lambda node, given: 0,
    "Gather": _gathered,
    "MatMul": _multiplied,
    "Range": lambda node, given: abs(float((given[1] - given[0]) / given[2])),
    "Tile": lambda node, given: given[0].size * _product(given[1]),
}


def _evaluated(
    node: NodeProto, arrays: Sequence[Array | None], opset: int
) -> list[Array]:
    return evaluate(node, arrays, opset)


def evaluate(
    node: NodeProto, arrays: Sequence[Array | None], opset: int
) -> list[Array]:
    """Compute what an operation gives, by the reference of ONNX."""
    pairs = zip(node.input, arrays, strict=True)
    given = {name: array for name, array in pairs if name and array is not None}
    inputs = [onnx.ValueInfoProto(name=name) for name in given]
    outputs = [onnx.ValueInfoProto(name=name) for name in node.output]
    graph = helper.make_graph([node], "node", inputs, outputs)
    imports = [helper.make_opsetid("", opset)]
    model = helper.make_model(graph, opset_imports=imports)
    with np.errstate(all="ignore"):
        made = ReferenceEvaluator(model).run(None, given)
    return [np.asarray(one) for one in made]


def _filled(node: NodeProto, arrays: Sequence[Array | None], opset: int) -> list[Array]:
    """Give one value a shape, of which only the shape takes memory."""
    (sizes,) = arrays
    assert sizes is not None
    held = attributes_of(node).get("value")
    value = np.zeros(1, np.float32) if held is None else numpy_helper.to_array(held)
    return [np.broadcast_to(value.reshape(()), [int(n) for n in sizes.reshape(-1)])]


def _expanded(
    node: NodeProto, arrays: Sequence[Array | None], opset: int
) -> list[Array]:
    array, sizes = arrays
    assert array is not None
    assert sizes is not None
    wanted = [int(n) for n in sizes.reshape(-1)]
    return [np.broadcast_to(array, np.broadcast_shapes(array.shape, wanted))]


SPARING = {"ConstantOfShape": _filled, "Expand": _expanded}
