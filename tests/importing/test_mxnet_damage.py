"""Files that are damaged, or that lie: one sentence each, and nothing is imported."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import netspec as ns
from netspec import importing
from tests.importing.symbol_files import Graph, write_params

IMAGE = (4, 7, 6)


def damaged(change: Callable[[bytes], bytes], folder: Path) -> str:
    graph = Graph()
    graph.dense(3, 168)
    symbol, params = graph.write(folder)
    params.write_bytes(change(params.read_bytes()))
    with pytest.raises(ns.ParameterError) as caught:
        importing.mxnet(symbol, params, IMAGE)
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data[:-3], "for which it is too short"),
        (lambda data: data[:900], "it ends within an array"),
        (lambda data: data[:20], "is no file of arrays of MXNet"),
        (lambda data: b"", "cannot be read"),
        (lambda data: b"PK" + data[2:], "is no file of arrays of MXNet"),
        (lambda data: data[:16] + struct.pack("<Q", 10**12) + data[24:], "too short"),
        (lambda data: data[:24] + b"\0\0\0\xff" + data[28:], "of an unknown version"),
        (lambda data: data[:28] + struct.pack("<i", 1) + data[32:], "a sparse array"),
        (lambda data: data[:32] + struct.pack("<I", 99) + data[36:], "of 99 axes"),
        (
            lambda data: data[:36] + struct.pack("<q", 10**12) + data[44:],
            "it ends within",
        ),
        (lambda data: data[:36] + struct.pack("<q", -3) + data[44:], "and sizes [-3"),
    ],
)
def test_damaged_files_of_arrays(
    change: Callable[[bytes], bytes], said: str, tmp_path: Path
) -> None:
    assert said in damaged(change, tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not valid JSON"),
        ("[]", "is no graph that MXNet exported"),
        ('{"nodes": 3, "heads": []}', "nodes must be a list"),
        ('{"nodes": [{"op": 3}], "heads": [[0,0]]}', "nodes[0] is no operation"),
        ('{"nodes": [{"op": "null"}], "heads": []}', "the graph has no output"),
        ('{"nodes": [{"op": "null"}], "heads": [[7,0]]}', "does not come before it"),
        ('{"nodes": [{"op": "relu", "inputs": [[0,0]]}], "heads": [[0,0]]}', "circle"),
        (
            '{"nodes": [{"op": "relu", "inputs": ["x"]}], "heads": [[0,0]]}',
            "two numbers",
        ),
        (
            '{"nodes": [{"op": "relu", "inputs": 3}], "heads": [[0,0]]}',
            "no list of inputs",
        ),
    ],
)
def test_damaged_graphs(text: str, said: str, tmp_path: Path) -> None:
    symbol, params = tmp_path / "a-symbol.json", tmp_path / "a.params"
    symbol.write_text(text)
    write_params(params, {})
    with pytest.raises(ns.SpecError) as caught:
        importing.mxnet(symbol, params, (3,))
    assert said in str(caught.value)
    assert str(symbol) in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ns.NetspecError, match=r"none-symbol\.json: cannot be read"):
        importing.mxnet(tmp_path / "none-symbol.json", tmp_path / "x", (3,))


@pytest.mark.parametrize("shape", ["abc", (-4, 7, 6), (4, 0), 3, (4.0, 7)])
def test_shapes_that_are_none(shape: Any, tmp_path: Path) -> None:
    files = Graph().write(tmp_path)
    with pytest.raises(ns.InputError, match="input_shape must be the sizes of one"):
        importing.mxnet(*files, shape)


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "3.5", "3e9", "x", "1e400"])
def test_numbers_that_are_none(number: str, tmp_path: Path) -> None:
    graph = Graph()
    graph.dense(3, 168)
    graph.nodes[-1]["attrs"]["num_hidden"] = number
    with pytest.raises(importing.ImportProblem, match=r"must be|at most"):
        importing.mxnet(*graph.write(tmp_path), IMAGE)
