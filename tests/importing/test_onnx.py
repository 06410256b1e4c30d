"""Operations of ONNX, read from files, against ONNX's own evaluator in float64."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec.layers import Layer
from tests.importing.compared import nameless
from tests.importing.onnx_files import Graph, distance

IMAGE = (4, 7, 6)
Write = Callable[[Graph], object]


def one(op: str, *shapes: tuple[int, ...], **attributes: Any) -> Write:
    """A node with arrays of these shapes behind the input."""
    return lambda g: g.add(op, *(g.drawn(*shape) for shape in shapes), **attributes)


def with_integers(op: str, *values: list[int] | None, **attributes: Any) -> Write:
    """A node with lists of integers behind the input."""
    return lambda g: g.add(
        op,
        *(
            "" if value is None else g.array(np.array(value, np.int64))
            for value in values
        ),
        **attributes,
    )


def limits(low: float, high: float) -> Write:
    return lambda g: g.add("Clip", g.array(low), g.array(high))


def resized(scales: list[float], **attributes: Any) -> Write:
    return lambda g: g.add(
        "Resize", "", g.array(np.array(scales, np.float32)), **attributes
    )


CASES: dict[str, tuple[Write, tuple[int, ...], int, tuple[Layer, ...]]] = {
    "relu": (one("Relu"), (5,), 7, (ns.ReLU(),)),
    "limits of an attribute": (
        one("Clip", min=0.0, max=6.0), (5,), 7, (ns.ReLU6(),)
    ),
    "limits": (limits(-1, 2), (5,), 13, (ns.HardTanh(-1, 2),)),
    "hard sigmoid": (
        one("HardSigmoid"), (5,), 7, (ns.HardSigmoid(0.2),)
    ),
    "hard swish": (one("HardSwish"), (5,), 14, (ns.HardSwish(),)),
    "gelu": (one("Gelu"), (5,), 20, (ns.GELU(),)),
    "elu": (one("Elu", alpha=0.5), (5,), 7, (ns.ELU(0.5),)),
    "shrink": (
        one("Shrink", lambd=1.5, bias=1.5), (5,), 9, (ns.SoftShrink(1.5),)
    ),
    "thresholded": (
        one("ThresholdedRelu", alpha=0.7), (5,), 10, (ns.Threshold(0.7, 0),)
    ),
    "prelu": (
        one("PRelu", (4, 1, 1)), IMAGE, 9, (ns.PReLU(per_channel=True),)
    ),
    "softmax of one axis": (
        one("Softmax", axis=1), IMAGE, 13, (ns.Softmax(1),)
    ),
    "softmax of all axes": (
        one("Softmax"), IMAGE, 7,
        (ns.Flatten(), ns.Softmax(), ns.Reshape(IMAGE)),
    ),
    "softmax of the last axis, as old": (
        one("Softmax", axis=2), (3, 5), 7, (ns.Softmax(),)
    ),
    "gemm": (
        one("Gemm", (3, 5), (3,), transB=1), (5,), 7, (ns.Dense(3),)
    ),
    "gemm with factors": (
        one("Gemm", (5, 3), (1, 3), alpha=0.5, beta=2.0), (5,), 7, (ns.Dense(3),)
    ),
    "gemm without a bias": (
        one("Gemm", (5, 3)), (5,), 11, (ns.Dense(3, bias=False),)
    ),
    "convolution": (
        one("Conv", (6, 2, 3, 1), (6,), group=2, pads=[1, 0, 0, 1], strides=[2, 1]),
        IMAGE, 7,
        (ns.Conv2D(6, kernel_size=(3, 1), stride=(2, 1), padding=((1, 0), (0, 1)),
                   groups=2),),
    ),
    "same, more behind": (
        one("Conv", (2, 4, 4, 3), auto_pad="SAME_UPPER", strides=[3, 2]), IMAGE, 7,
        (ns.Conv2D(2, kernel_size=(4, 3), stride=(3, 2), padding=((1, 2), (0, 1)),
                   bias=False),),
    ),
    "same, more before": (
        one("Conv", (2, 4, 2), auto_pad="SAME_LOWER", dilations=[3]), (4, 9), 7,
        (ns.Conv1D(2, kernel_size=2, padding=((2, 1),), dilation=3, bias=False),),
    ),
    "valid": (
        one("MaxPool", auto_pad="VALID", kernel_shape=[2, 2], strides=[2, 2]),
        IMAGE, 8, (ns.MaxPool2D(2),),
    ),
    "transposed": (
        one("ConvTranspose", (4, 3, 3, 3), (3,), strides=[2, 2], pads=[1, 1, 1, 1],
            output_padding=[1, 0]),
        IMAGE, 11,
        (ns.ConvTranspose2D(3, kernel_size=3, stride=2, padding=1,
                            output_padding=(1, 0)),),
    ),
    "transposed, cropped": (
        one("ConvTranspose", (4, 3, 3), strides=[2], pads=[0, 1]), (4, 5), 11,
        (ns.ConvTranspose1D(3, kernel_size=3, stride=2, bias=False),
         ns.Crop1D((0, 1))),
    ),
    "mean pool": (
        one("AveragePool", kernel_shape=[3, 2], pads=[1, 0, 1, 0]), IMAGE, 10,
        (ns.AvgPool2D((3, 2), stride=1, padding=(1, 0), count_include_pad=False),),
    ),
    "pool with a last window": (
        one("MaxPool", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1), IMAGE, 12,
        (ns.MaxPool2D(2, ceil_mode=True),),
    ),
    "global": (
        one("GlobalAveragePool"), IMAGE, 7, (ns.GlobalAvgPool2D(keepdims=True),)
    ),
    "batch norm": (
        one("BatchNormalization", (4,), (4,), (4,), (4,), epsilon=1e-3), IMAGE, 9,
        (ns.BatchNorm(eps=1e-3, running_variance="biased"),),
    ),
    "layer norm": (
        one("LayerNormalization", (7, 6), (7, 6), axis=2), IMAGE, 17,
        (ns.LayerNorm(axes=2),),
    ),
    "group norm": (
        one("GroupNormalization", (4,), (4,), num_groups=2), IMAGE, 21,
        (ns.GroupNorm(2),),
    ),
    "group norm that scales groups": (
        one("GroupNormalization", (2,), (2,), num_groups=2), IMAGE, 18,
        (ns.GroupNorm(2),),
    ),
    "instance norm": (
        one("InstanceNormalization", (4,), (4,)), IMAGE, 7, (ns.InstanceNorm(),)
    ),
    "response norm": (
        one("LRN", size=3, alpha=0.01, bias=2.0), IMAGE, 7,
        (ns.LocalResponseNorm(3, alpha=0.01, k=2),),
    ),
    "pad of attributes": (
        one("Pad", pads=[0, 0, 1, 0, 0, 0, 2, 3], value=0.5), IMAGE, 7,
        (ns.Pad2D(((1, 2), (0, 3)), value=0.5),),
    ),
    "pad of inputs": (
        with_integers("Pad", [1, 2], None, [2], mode="reflect"), (4, 5), 18,
        (ns.Pad1D((1, 2), mode="reflect"),),
    ),
    "flatten": (one("Flatten"), IMAGE, 7, (ns.Flatten(),)),
    "reshape with 0 and -1": (
        with_integers("Reshape", [0, -1, 6]), IMAGE, 7, (ns.Reshape((28, 6)),)
    ),
    "transpose": (
        one("Transpose", perm=[0, 2, 3, 1]), IMAGE, 7, (ns.Permute((2, 3, 1)),)
    ),
    "squeeze": (
        one("Squeeze", axes=[2]), (4, 1, 3), 7, (ns.Reshape((4, 3)),)
    ),
    "unsqueeze": (
        with_integers("Unsqueeze", [1, -1]), (4,), 13, (ns.Reshape((1, 4, 1)),)
    ),
    "slice of attributes": (
        one("Slice", starts=[1, -3], ends=[9**9, -1], axes=[1, 3]), IMAGE, 7,
        (ns.Slice(1, start=1), ns.Slice(3, start=3, stop=5)),
    ),
    "slice with steps": (
        with_integers("Slice", [0], [6], [2], [2]), IMAGE, 11,
        (ns.Slice(2, stop=6, step=2),),
    ),
    "one place": (
        lambda g: g.add("Gather", g.array(np.int64(-1)), axis=2), IMAGE, 11,
        (ns.Select(2, 6),),
    ),
    "mean over axes": (
        one("ReduceMean", axes=[2, 3], keepdims=0), IMAGE, 11, (ns.Reduce((2, 3)),)
    ),
    "norm over an axis": (
        with_integers("ReduceL2", [-1]), (3, 5), 18,
        (ns.Reduce(2, op="l2", keepdims=True),),
    ),
    "resize to the nearest": (
        resized([1, 1, 2, 3], mode="nearest"), (2, 3, 4), 13,
        (ns.Upsample2D((2, 3)),),
    ),
    "resize linearly": (
        resized([1, 1, 2, 2], mode="linear"), (2, 3, 4), 13,
        (ns.Upsample2D(2, mode="linear"),),
    ),
    "resize to corners": (
        resized([1, 1, 2, 2], mode="linear",
                coordinate_transformation_mode="align_corners"), (2, 3, 4), 13,
        (ns.Upsample2D(2, mode="linear", align_corners=True),),
    ),
    "depth to space": (
        one("DepthToSpace", blocksize=2, mode="CRD"), (8, 2, 3), 11,
        (ns.PixelShuffle(2),),
    ),
    "depth to space, blocks first": (
        one("DepthToSpace", blocksize=2), (8, 2, 3), 11,
        (ns.Reshape((2, 2, 2, 2, 3)), ns.Permute((3, 4, 1, 5, 2)),
         ns.Reshape((2, 4, 6))),
    ),
    "one number": (
        lambda g: g.add("Div", g.array(4.0)), (5,), 14, (ns.Rescale(0.25),)
    ),
    "dropout": (one("Dropout", ratio=0.25), (5,), 10, (ns.Dropout(0.25),)),
    "a scale of channels": (
        one("Mul", (4, 1, 1)), IMAGE, 14, (ns.Scale(),)
    ),
    "a table of positions": (
        one("Add", (1, 5, 4)), (5, 4), 14, (ns.PositionEmbedding(5),)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_operation(name: str, tmp_path: Path) -> None:
    write, shape, opset, layers = CASES[name]
    graph = Graph(shape, opset)
    write(graph)
    found = graph.read(tmp_path)
    assert nameless(found.spec) == layers
    assert found.spec.input_shape == shape
    assert set(found.names.values()) <= {array.name for array in graph.arrays}
    assert distance(tmp_path / "net.onnx", found) < 1
