"""Layers that move values take integers, too; others say what to do."""

from __future__ import annotations

import pytest

import netspec as ns
from netspec import Spec, SpecError

MOVING: list[ns.Layer] = [
    ns.Select(3, -1),
    ns.Slice(1, start=1),
    ns.Permute((2, 1)),
    ns.Sequential([ns.Reshape((2, 1, 3)), ns.Identity()]),
    ns.Repeat([ns.Flatten()], 2),
]


def test_what_moves_values_keeps_their_kind() -> None:
    spec = Spec("moved", (4, 2, 5), [*MOVING, ns.Embedding(7, dim=3)], None, "int")
    assert spec.output_shape == (6, 3)
    kinds = {node.path: node.output_kind for node in spec.graph.walk()}
    assert kinds.pop("5") == "float"
    assert {*kinds.values()} == {"int"}
    assert Spec("floats", (4, 2, 5), MOVING).graph.output.kind == "float"


@pytest.mark.parametrize(
    ("layers", "problem"),
    [
        ([ns.Slice(1)], "layers a model gives floats.*put an Embedding at the end"),
        ([ns.Slice(1), ns.ReLU()], r"layers\[1\] ReLU\(\): reads floats.*an Embedding"),
        ([ns.Residual([ns.Identity()])], r"layers\[0\] Residual: floats can be joined"),
        (
            [ns.Parallel([[ns.Embedding(3, dim=1)], [ns.Reshape((6, 1))]])],
            r"layers\[0\] Parallel: floats can be joined, received integers from chain"
            " '1'; put an Embedding",
        ),
        (
            [ns.Embedding(3, dim=1), ns.Identity(), ns.Embedding(3, dim=1)],
            r"layers\[2\] Embedding.*reads integer indices, received floats",
        ),
    ],
)
def test_where_floats_are_needed_the_error_says_so(
    layers: list[ns.Layer], problem: str
) -> None:
    with pytest.raises(SpecError, match=problem):
        Spec("bad", (6,), layers, None, "int")
