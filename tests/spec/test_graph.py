"""Graph: what a node may read, and what is said where it may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import netspec as ns
from netspec import Graph, Node, Spec, SpecError

DENSE: list[ns.Layer] = [ns.Dense(4)]
NODES = [
    Node("left", DENSE),
    Node("right", [ns.Dense(3), ns.Dropout(0.5)]),
    Node("both", DENSE, reads=["left", "right", "input"]),
]
NET = Spec("net", (5,), [Graph(NODES)])


def test_paths_are_those_of_nodes() -> None:
    assert [*NET.parameters()] == [
        f"0.{node}.0.{name}"
        for node in ("left", "right", "both")
        for name in ("weight", "bias")
    ]
    assert NET.parameters()["0.both.0.weight"].shape == (4, 12)
    assert NET.shapes()["0"] == (4,)


def test_a_file_gives_the_graph_back(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    NET.save(file)
    assert ns.load(file) == NET
    assert "reads: [left, right, input]" in file.read_text()
    document = NET.to_dict()["layers"][0]
    assert document["nodes"][0] == {
        "name": "left",
        "layers": [{"type": "Dense", "units": 4}],
    }
    named = Spec("net", (5,), [Graph(NODES, output="both")])
    assert named.output_shape == NET.output_shape


def test_layers_in_nodes_are_replaced() -> None:
    (plain,) = NET.without_dropout().layers
    assert isinstance(plain, Graph)
    assert plain.nodes[1].layers == (ns.Dense(3), ns.Identity())


def test_integers_reach_every_node() -> None:
    words: list[Any] = [
        Node("early", [ns.Slice(1, stop=2)]),
        Node("late", [ns.Slice(1, start=2), ns.Embedding(7, dim=3)]),
        Node("table", [ns.Embedding(7, dim=3)], reads=["early"]),
        Node("sum", [ns.Identity()], reads=["table", "late"], merge="add"),
    ]
    spec = Spec("words", (4,), [Graph(words)], None, "int")
    assert spec.output_shape == (2, 3)
    joined = [*words[:1], Node("pair", [ns.Identity()], reads=["early", "input"])]
    with pytest.raises(SpecError, match="floats can be joined, received integers"):
        Spec("words", (4,), [Graph(joined), ns.Embedding(7, dim=3)], None, "int")


@pytest.mark.parametrize(
    ("nodes", "problem"),
    [
        (
            [Node("a", DENSE), Node("a", DENSE, reads=["a"])],
            r"nodes\[1\].name Graph: the name 'a' is that of a node before",
        ),
        (
            [Node("input", DENSE)],
            r"nodes\[0\].name Graph: the name 'input' is that of what the graph reads",
        ),
        (
            [Node("stem", DENSE), Node("b", DENSE, reads=["sten"])],
            r"nodes\[1\].reads Graph: node 'b' must read nodes before it, or 'input',"
            " received 'sten'; did you mean 'stem'",
        ),
        (
            [Node("a", DENSE, reads=["b"]), Node("b", DENSE)],
            "node 'a' must read nodes before it",
        ),
        (
            [Node("a", DENSE), Node("b", DENSE)],
            r"nodes\[0\] Graph: nothing reads node 'a', and the output is 'b'",
        ),
        (
            [
                Node("a", DENSE),
                Node("b", DENSE, reads=["a", "a", "input"], merge="subtract"),
            ],
            "'subtract' takes two, received .'a', 'a', 'input'.; add a node between",
        ),
    ],
)
def test_a_graph_that_cannot_be_is_refused(nodes: list[Node], problem: str) -> None:
    with pytest.raises(SpecError, match=problem):
        Graph(nodes)


def test_an_output_that_is_no_node_is_refused() -> None:
    with pytest.raises(SpecError, match="output must be the name of a node, received"):
        Graph(NODES, output="bath")
    with pytest.raises(SpecError, match=r"nodes\[2\] Graph: nothing reads node 'both'"):
        Graph(NODES, output="left")


def test_shapes_that_do_not_fit_name_what_is_read() -> None:
    nodes = [
        Node("a", [ns.Dense(4)]),
        Node("b", DENSE, reads=["a", "input"], merge="add"),
    ]
    with pytest.raises(SpecError, match=r"layers\[0\] Graph: .*\(in 'b', which reads"):
        Spec("net", (5,), [Graph(nodes)])
