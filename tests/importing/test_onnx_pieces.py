"""What exporters write in pieces, read from files of ONNX as one layer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
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
