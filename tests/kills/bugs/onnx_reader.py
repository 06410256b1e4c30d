"""What readers of ONNX take for something else: defaults that moved from version to
version, orders of ends and of gates, modes that differ at few positions.

Each is planted where files are read. Those of which onnx's evaluator has no float64,
or is wrong, are compared in float32, and training in float64.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.kills.files import (
    Write,
    in_layers,
    instead,
    misread,
    one,
    pooled,
    recurrent,
    said,
    with_integers,
    within,
)

if TYPE_CHECKING:
    from tests.importing.onnx_files import Graph

IMAGE = (4, 6, 6)
SQUARE = (3, 3, 3)
NORM = ((4,), (4,), (4,), (4,))


def convolved(**attributes: Any) -> Write:
    return pooled("Conv", (3, 4, 3, 3), (3,), **attributes)


def resized(**attributes: Any) -> Write:
    def write(graph: Graph) -> None:
        scales = graph.array(np.array([1, 1, 2, 2], np.float32))
        graph.add("Resize", "", scales, **attributes)

    return write


def reshaped(graph: Graph) -> None:
    """Two rows of 36, each of which has a Softmax of its own."""
    graph.add("Reshape", graph.array(np.array([0, 0, -1])))
    graph.add("Softmax", axis=-1)
    graph.add("Flatten")


def sliced(graph: Graph) -> None:
    ends = ([0], [6], [2], [2])
    with_integers("Slice", *ends)(graph)
    graph.add("GlobalAveragePool")


def placed(graph: Graph) -> None:
    graph.add("Gather", graph.array(np.int64(1)), axis=2)


def subtracted(graph: Graph) -> None:
    graph.add("Sub", reads=[graph.array(np.array(2.0)), "x"])


LSTM, GRU = recurrent("LSTM", 4), recurrent("GRU", 3, linear_before_reset=1)
TEXT = (5, 2)


def ends_first(pads: list[int]) -> list[int]:
    half = len(pads) // 2
    return pads[half:] + pads[:half]


def in_pairs(pads: list[int]) -> list[int]:
    """What is before and behind each axis, as begins of all and then ends."""
    return pads[::2] + pads[1::2]


def swapped(sizes: list[int]) -> list[int]:
    first, *rest = sizes
    return [first, *({0: -1, -1: 0}.get(size, size) for size in rest)]


def inverse(order: list[int]) -> list[int]:
    return [order.index(axis) for axis in range(len(order))]


def as_they_stand(original: Any, call: Any, way: int, units: int, *rest: Any) -> Any:
    """Gates in the order of the file."""
    order, bias = rest
    return original(call, way, units, range(len(order)), bias)


def other_bias(original: Any, call: Any, origin: str, name: str, array: Any) -> Any:
    other = {"bias_ih_l0": "bias_hh_l0", "bias_hh_l0": "bias_ih_l0"}
    return original(call, origin, other.get(name, name), array)


def interleaved(
    original: Any, call: Any, place: int, name: str, change: Any = None
) -> Any:
    """Channels out of a convolution in groups, one of each group after another."""

    def dealt(weight: Any) -> Any:
        parts = weight.reshape(2, -1, *weight.shape[1:])
        return parts.swapaxes(0, 1).reshape(weight.shape)

    grouped = call.name == "Conv" and name == "weight"
    return original(call, place, name, dealt if grouped else change)


BUGS = (
    misread(
        "transB ignored",
        said("whole", "Gemm", "transB", lambda turned: 0),
        one("Gemm", (4, 4), (4,), transB=1),
        (4,),
    ),
    misread(
        "alpha and beta of Gemm left out",
        in_layers("_dense:_times", lambda original, array, factor: array),
        one("Gemm", (4, 3), (3,), alpha=0.5, beta=2.0),
        (4,),
    ),
    misread(
        "momentum taken for that of the new value",
        said("number", "BatchNormalization", "momentum", lambda kept: 1 - kept),
        one("BatchNormalization", *NORM, momentum=0.75),
        IMAGE,
        dtypes="float64",
        seen_by="state",
    ),
    misread(
        "epsilon at its default",
        said("number", "BatchNormalization", "epsilon", lambda eps: 1e-5),
        one("BatchNormalization", *NORM, epsilon=0.25, momentum=0.75),
        IMAGE,
    ),
    misread(
        "SAME_LOWER taken for SAME_UPPER",
        in_layers("_windows:halves", lambda f, total, how: f(total, "SAME_UPPER")),
        one("Conv", (3, 4, 2, 2), auto_pad="SAME_LOWER"),
        IMAGE,
    ),
    misread(
        "auto_pad without the dilation",
        in_layers("_windows:_lacking", lambda f, *sizes: f(*sizes[:3], 1)),
        convolved(auto_pad="SAME_UPPER", dilations=[2, 2]),
        IMAGE,
        dtypes="float64",
    ),
    misread(
        "dilations left out",
        said("per_axis", "Conv", "dilations", lambda apart: [1] * len(apart)),
        convolved(dilations=[2, 1]),
        IMAGE,
    ),
    misread(
        "pads read in pairs",
        said("per_axis", "Conv", "pads", in_pairs),
        convolved(pads=[1, 0, 1, 2]),
        IMAGE,
    ),
    misread(
        "groups of a convolution interleaved",
        within("netspec_onnx.importing:Call.parameter", interleaved),
        one("Conv", (4, 2, 3, 3), group=2),
        IMAGE,
    ),
    misread(
        "ends of Pad before its begins",
        said("integers", "Pad", "pads", ends_first),
        with_integers("Pad", [0, 0, 1, 0, 0, 0, 0, 2]),
        IMAGE,
    ),
    misread(
        "ceil_mode left out",
        said("whole", "MaxPool", "ceil_mode", lambda up: 0),
        pooled("MaxPool", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
        IMAGE,
    ),
    misread(
        "padding counted in averages, as PyTorch does by default",
        said("whole", "AveragePool", "count_include_pad", lambda counts: 1),
        one("AveragePool", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        IMAGE,
    ),
    misread(
        "0 and -1 of Reshape confused",
        said("integers", "Reshape", "shape", swapped),
        reshaped,
        (2, 6, 6),
    ),
    misread(
        "axes permuted the other way",
        said("numbers", "Transpose", "perm", inverse),
        one("Transpose", perm=[0, 2, 3, 1]),
        SQUARE,
    ),
    misread(
        "axis of Gather at its neighbour",
        said("whole", "Gather", "axis", lambda axis: axis - 1),
        placed,
        (3, 3),
    ),
    misread(
        "steps of Slice left out",
        said("integers", "Slice", "steps", lambda steps: None),
        sliced,
        IMAGE,
    ),
    misread(
        "blocks of DepthToSpace behind the channels",
        said("text", "DepthToSpace", "mode", lambda mode: "CRD"),
        one("DepthToSpace", blocksize=2),
        (8, 2, 3),
    ),
    misread(
        "operands of a difference swapped",
        in_layers("_arithmetic:operands", lambda f, call: (*f(call)[:2], False)),
        subtracted,
        (4,),
    ),
    misread(
        "axes of an old Softmax apart",
        instead("_activations:ONE_AXIS", 0),
        one("Softmax"),
        (3, 4),
        opset=11,
        dtypes="float32",
    ),
    misread(
        "alpha of HardSigmoid at PyTorch's default",
        said("number", "HardSigmoid", "alpha", lambda slope: 1 / 6),
        one("HardSigmoid"),
        (5,),
        dtypes="float32",
    ),
    misread(
        "alpha of LRN divided by its window",
        said("number", "LRN", "alpha", lambda alpha: alpha / 3),
        one("LRN", size=3, alpha=0.5),
        IMAGE,
        dtypes="float32",
    ),
    misread(
        "positions of Resize taken for others",
        in_layers("_upsample:_same_linear", lambda *given: True),
        resized(mode="linear", coordinate_transformation_mode="align_corners"),
        (2, 3, 4),
    ),
    misread(
        "gates of LSTM in the order of the file",
        in_layers("_recurrent:_take", as_they_stand),
        LSTM,
        TEXT,
    ),
    misread(
        "gates of GRU in the order of the file",
        in_layers("_recurrent:_take", as_they_stand),
        GRU,
        TEXT,
    ),
    misread(
        "biases of input and state swapped",
        within("netspec_onnx.importing:Call.keep", other_bias),
        GRU,
        TEXT,
    ),
    misread(
        "linear_before_reset ignored",
        said("whole", "GRU", "linear_before_reset", lambda after: 0),
        GRU,
        TEXT,
    ),
)
