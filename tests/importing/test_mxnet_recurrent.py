"""The fused operator of MXNet, with its parameters in one vector, becomes layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netspec as ns
from netspec import importing
from tests.importing.compared import nameless
from tests.importing.symbol_files import Graph

UNITS, INPUTS = 2, 3


def packed(layers: int, **attributes: object) -> Graph:
    """A graph of LSTMs, whose parameters are 0, 1, 2 and so on."""
    size = 4 * UNITS * (INPUTS + UNITS * (2 * layers - 1) + 2 * layers)
    graph = Graph()
    given = graph.add("SwapAxis", dim1=0, dim2=1)
    vector = graph.variable("parameters", np.arange(size, dtype=np.float32))
    graph.nodes.append({"op": "_zeros", "name": "zeros", "inputs": []})
    zeros = len(graph.nodes) - 1
    graph.nodes[zeros]["attrs"] = {"shape": f"({layers}, 0, {UNITS})"}
    how: dict[str, Any] = {"mode": "lstm", "num_layers": layers, **attributes}
    graph.add("RNN", given, vector, zeros, zeros, state_size=UNITS, **how)
    graph.add("SwapAxis", dim1=0, dim2=1)
    return graph


def test_a_vector_is_taken_apart(tmp_path: Path) -> None:
    found = importing.mxnet(*packed(2, p=0.5).write(tmp_path), (5, INPUTS))
    lstm = ns.LSTM(UNITS)
    assert nameless(found.spec) == (lstm, ns.Dropout(0.5), lstm)
    values = [array.reshape(-1) for array in found.params.values()]
    first, second = values[:4], values[4:]
    # the weights of all layers come first, then the biases of all
    ordered = [*first[:2], *second[:2], *first[2:], *second[2:]]
    assert np.array_equal(np.concatenate(ordered), np.arange(104))


@pytest.mark.parametrize(
    "attributes",
    [{"projection_size": 1}, {"use_sequence_length": True}, {"mode": "lstm2"}],
    ids=str,
)
def test_what_no_layer_has_is_refused(
    tmp_path: Path, attributes: dict[str, object]
) -> None:
    files = packed(1, **attributes).write(tmp_path)
    with pytest.raises(importing.ImportProblem):
        importing.mxnet(*files, (5, INPUTS))
