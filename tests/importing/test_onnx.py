"""Operations of ONNX, read from files, against ONNX's own evaluator in float64."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

import netspec as ns
from netspec.importing import ImportProblem
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


def chain(graph: Graph, *ops: tuple[Any, ...]) -> None:
    for op, *inputs in ops:
        graph.add(op, *(graph.array(one) for one in inputs))


def gelu(g: Graph) -> None:
    x = g.last
    chain(g, ("Div", np.float64(2) ** 0.5), ("Erf",), ("Add", 1.0))
    g.add("Mul", x)
    chain(g, ("Mul", 0.5))


def tanh_gelu(g: Graph) -> None:
    x = g.last
    chain(g, ("Pow", 3.0), ("Mul", 0.044715))
    g.add("Add", x)
    chain(g, ("Mul", (2 / np.pi) ** 0.5), ("Tanh",), ("Add", 1.0), ("Mul", 0.5))
    g.add("Mul", x)


def hard_swish(g: Graph) -> None:
    x = g.last
    chain(g, ("Add", 3.0), ("Clip", 0.0, 6.0), ("Div", 6.0))
    g.add("Mul", x)


def quick_gelu(g: Graph) -> None:
    x = g.last
    chain(g, ("Mul", 1.702), ("Sigmoid",))
    g.add("Mul", x)


def mish(g: Graph) -> None:
    x = g.last
    chain(g, ("Softplus",), ("Tanh",))
    g.add("Mul", reads=[x, g.last])


def hard_shrink(g: Graph) -> None:
    x = g.last
    chain(g, ("Abs",), ("Greater", 0.5))
    g.add("Where", reads=[g.last, x, g.array(0.0)])


def normed(g: Graph) -> None:
    """As files before version 17 have it: the mean is taken away, then the root."""
    mean = g.add("ReduceMean", axes=[-1])
    above = g.add("Sub", reads=["x", mean])
    chain(g, ("Pow", 2.0))
    g.add("ReduceMean", axes=[-1])
    chain(g, ("Add", 1e-5), ("Sqrt",))
    g.add("Div", reads=[above, g.last])
    g.add("Mul", g.drawn(4))
    g.add("Add", g.drawn(4))


def root_normed(g: Graph) -> None:
    g.add("Mul", reads=["x", "x"])
    g.add("ReduceMean", axes=[-1])
    chain(g, ("Add", 1e-5), ("Sqrt",), ("Reciprocal",))
    g.add("Mul", reads=["x", g.last])
    g.add("Mul", reads=[g.drawn(4), g.last])


def threshold(g: Graph) -> None:
    """With a limit that float32 rounds."""
    x = g.last
    limit = g.array(np.float64(np.float32(-0.3)))
    g.add("Greater", limit)
    g.add("Where", reads=[g.last, x, g.array(0.7)])


def grouped(g: Graph) -> None:
    g.add("Reshape", g.array([0, 2, -1]))
    g.add("InstanceNormalization", g.array(np.ones(2)), g.array(np.zeros(2)))
    g.add("Reshape", g.array([-1, 4, 7, 6]))
    g.add("Mul", g.drawn(4, 1, 1))
    g.add("Add", g.drawn(4, 1, 1))


def scaled_norm(g: Graph) -> None:
    """Caffe's Scale, as converters write it."""
    g.add("BatchNormalization", *(g.drawn(4) for _ in range(4)))
    for op in ("Mul", "Add"):
        value = g.last
        row = g.add("Unsqueeze", reads=[g.drawn(4)], axes=[1, 2])
        g.add(op, reads=[value, row])


def with_bias(g: Graph) -> None:
    g.add("MatMul", g.drawn(4, 3))
    g.add("Add", reads=[g.drawn(3), g.last])


def token(g: Graph) -> None:
    """A class token, repeated as often as there are examples."""
    sizes = g.add("Shape", reads=["x"])
    batch = g.add("Gather", reads=[sizes, g.array([0])])
    g.add("Concat", reads=[batch, g.array([1]), g.array([4])], axis=0)
    rows = g.add("Expand", reads=[g.drawn(1, 1, 4), g.last])
    g.add("Concat", reads=[rows, "x"], axis=1)


def shuffled(g: Graph) -> None:
    """Channels dealt out to groups, with sizes that the graph computes."""
    sizes = g.add("Shape")
    one = [g.add("Gather", reads=[sizes, g.array([i])]) for i in range(4)]
    half = g.add("Div", reads=[one[1], g.array([2])])
    g.add("Concat", reads=[one[0], g.array([2]), half, *one[2:]], axis=0)
    g.add("Reshape", reads=["x", g.last])
    g.add("Transpose", perm=[0, 2, 1, 3, 4])
    g.add("Reshape", reads=[g.last, sizes])


def joined(g: Graph) -> None:
    g.add("Split", axis=1, outputs=2)
    first, second = g.last, f"{g.last}_1"
    left, right = (g.add("Relu", reads=[first]), g.add("Sigmoid", reads=[second]))
    g.add("Concat", reads=[left, right], axis=1)


def chosen(g: Graph) -> None:
    """A branch that a constant chooses."""
    branches = {}
    for name, op in (("then_branch", "Relu"), ("else_branch", "Tanh")):
        node = onnx.helper.make_node(op, ["x"], [op])
        out = onnx.helper.make_tensor_value_info(op, onnx.TensorProto.DOUBLE, None)
        branches[name] = onnx.helper.make_graph([node], name, [], [out])
    g.add("If", reads=[g.array(np.array(False))], **branches)


BIASED_NORM = ns.BatchNorm(running_variance="biased")
PIECES: dict[
    str, tuple[Callable[[Graph], None], tuple[int, ...], tuple[Layer, ...]]
] = {
    "gelu": (gelu, (9,), (ns.GELU(),)),
    "gelu by tanh": (tanh_gelu, (9,), (ns.GELU(True),)),
    "hard swish": (hard_swish, (9,), (ns.HardSwish(),)),
    "quick gelu": (quick_gelu, (9,), (ns.SiLU(1.702),)),
    "mish": (mish, (9,), (ns.Mish(),)),
    "hard shrink": (hard_shrink, (9,), (ns.HardShrink(0.5),)),
    "threshold": (threshold, (9,), (ns.Threshold(float(np.float32(-0.3)), 0.7),)),
    "layer norm": (normed, (3, 4), (ns.LayerNorm(),)),
    "root norm": (root_normed, (3, 4), (ns.RMSNorm(1e-5),)),
    "group norm": (grouped, IMAGE, (ns.GroupNorm(2),)),
    "batch norm and scale": (scaled_norm, IMAGE, (BIASED_NORM, ns.Scale(bias=True))),
    "dense": (with_bias, (3, 4), (ns.Dense(3),)),
    "class token": (token, (3, 4), (ns.ClassToken(),)),
    "channel shuffle": (shuffled, IMAGE, (ns.ChannelShuffle(2),)),
    "branches": (
        joined,
        IMAGE,
        (
            ns.Parallel(
                [
                    [ns.Slice(1, stop=2), ns.ReLU()],
                    [ns.Slice(1, start=2), ns.Sigmoid()],
                ]
            ),
        ),
    ),
    "a constant branch": (chosen, (9,), (ns.Tanh(),)),
}


@pytest.mark.parametrize("name", PIECES)
def test_what_a_file_has_in_pieces(name: str, tmp_path: Path) -> None:
    write, shape, layers = PIECES[name]
    graph = Graph(shape, 11)
    write(graph)
    found = graph.read(tmp_path)
    assert nameless(found.spec) == layers
    assert distance(tmp_path / "net.onnx", found) < 1


RECURRENT = [("LSTM", 4, ns.LSTM), ("GRU", 3, ns.GRU), ("RNN", 1, ns.RNN)]


@pytest.mark.parametrize(("op", "gates", "kind"), RECURRENT)
@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
def test_gates_and_directions(
    op: str, gates: int, kind: Callable[..., Layer], direction: str, tmp_path: Path
) -> None:
    ways, units = 1 + (direction == "bidirectional"), 3
    graph = Graph((5, 2))
    graph.add("Transpose", perm=[1, 0, 2])
    arrays = [
        graph.drawn(ways, gates * units, 2),
        graph.drawn(ways, gates * units, units),
        graph.drawn(ways, 2 * gates * units),
    ]
    also = {"linear_before_reset": 1} if op == "GRU" else {}
    graph.add(op, *arrays, hidden_size=units, direction=direction, **also)
    graph.add("Transpose", perm=[2, 0, 1, 3])
    graph.add("Reshape", graph.array([0, 0, -1]))
    found = graph.read(tmp_path)
    said = {"bidirectional": "both"}.get(direction, direction)
    assert nameless(found.spec) == (kind(units, direction=said),)
    if direction == "forward":  # ONNX's own evaluator has that alone
        assert distance(tmp_path / "net.onnx", found) < 1


def test_a_last_state_is_the_last_output(tmp_path: Path) -> None:
    graph = Graph((5, 2))
    graph.add("Transpose", perm=[1, 0, 2])
    arrays = [graph.drawn(1, 9, 2), graph.drawn(1, 9, 3), graph.drawn(1, 18)]
    graph.add("GRU", *arrays, outputs=2, hidden_size=3)
    graph.add("Squeeze", graph.array([0]), reads=[f"{graph.last}_1", "w3"])
    found = graph.read(tmp_path)
    assert found.spec.output_shape == (3,)
    assert distance(tmp_path / "net.onnx", found) < 1


def test_attention_over_a_batch_that_is_one_with_the_heads(tmp_path: Path) -> None:
    """As PyTorch's module has it: positions first, (batch heads, positions, channels)
    within.
    """
    graph = Graph((5, 8), 17)
    graph.add("Transpose", perm=[1, 0, 2])
    rows = graph.add("Reshape", graph.array([-1, 8]))
    heads = []
    for name in ("query", "key", "value"):
        graph.add("Gemm", graph.drawn(8, 8, name=name), reads=[rows, name])
        sizes = graph.array([5, -1, 4])
        graph.add("Reshape", sizes)
        heads.append(graph.add("Transpose", perm=[1, 0, 2]))
    query, key, value = heads
    turned = graph.add("Transpose", reads=[key], perm=[0, 2, 1])
    graph.add("MatMul", reads=[query, turned])
    graph.add("Mul", graph.array(0.1))
    graph.add("Softmax", axis=-1)
    graph.add("MatMul", value)
    graph.add("Transpose", perm=[1, 0, 2])
    graph.add("Reshape", graph.array([5, -1, 8]))
    graph.add("Transpose", perm=[1, 0, 2])
    found = graph.read(tmp_path)
    assert found.spec.output_shape == (5, 8)
    assert set(found.names.values()) == {"query", "key", "value"}
    assert distance(tmp_path / "net.onnx", found) < 1


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
