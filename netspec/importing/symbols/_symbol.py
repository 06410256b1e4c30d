"""The graph that MXNet writes as JSON, `-symbol.json`, in all of its dialects."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netspec._system import file_name
from netspec.errors import SpecError, shorten
from netspec.spec import documents

# Attributes of an operation, by age of the file; all together, the newest counts
ATTRIBUTES = ("param", "attr", "attrs")
INPUT = "null"


@dataclass(frozen=True)
class Node:
    """One operation, or a variable.

    Attributes:
        op: its name; ``"null"`` for a variable.
        name: unlike that of every other node.
        attributes: texts by key.
        inputs: nodes that it reads, and which of their outputs.
    """

    op: str
    name: str
    attributes: Mapping[str, str]
    inputs: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Symbol:
    """A graph.

    Attributes:
        nodes: each behind what it reads.
        heads: nodes that it gives, and which of their outputs.
    """

    nodes: tuple[Node, ...]
    heads: tuple[tuple[int, int], ...]


def read_symbol(path: str | os.PathLike[str]) -> Symbol:
    """Read a graph from a file.

    Raises:
        SpecError: no such file, or it is no such graph.
    """
    name = file_name(path, SpecError)
    try:
        return parse(documents.load(name))
    except SpecError as error:
        raise SpecError(f"{name}: {error}") from None


def parse(document: Any) -> Symbol:
    """Make a graph of the document of one.

    Raises:
        SpecError: it is none.
    """
    if not isinstance(document, Mapping) or "nodes" not in document:
        raise SpecError("is no graph that MXNet exported as JSON")
    nodes = tuple(_node(index, held) for index, held in _entries(document, "nodes"))
    heads = tuple(
        _reference(held, len(nodes)) for _, held in _entries(document, "heads")
    )
    if not heads:
        raise SpecError("the graph has no output")
    return Symbol(nodes, heads)


def _entries(document: Mapping[str, Any], key: str) -> list[tuple[int, Any]]:
    held = document.get(key)
    if not isinstance(held, list):
        raise SpecError(f"{key} must be a list, received {shorten(held)}")
    return list(enumerate(held))


def _node(index: int, held: Any) -> Node:
    if not isinstance(held, Mapping) or not isinstance(held.get("op"), str):
        raise SpecError(f"nodes[{index}] is no operation, received {shorten(held)}")
    inputs = held.get("inputs", [])
    if not isinstance(inputs, list):
        raise SpecError(f"nodes[{index}] has no list of inputs")
    attributes: dict[str, str] = {}
    for key in ATTRIBUTES:
        found = held.get(key)
        if isinstance(found, Mapping):
            attributes |= {str(k): str(v) for k, v in found.items()}
    name = str(held.get("name", ""))
    # what it reads comes before it, so that nothing goes in a circle
    read = tuple(_reference(one, index) for one in inputs)
    return Node(held["op"], name, attributes, read)


def _reference(held: Any, before: int) -> tuple[int, int]:
    """Read ``[node, output]`` or ``[node, output, version]``."""
    numbers = isinstance(held, list) and len(held) >= 2
    if not numbers or not all(type(one) is int for one in held[:2]):
        raise SpecError(f"a node is named by two numbers, received {shorten(held)}")
    node, output = held[:2]
    if not 0 <= node < before or output < 0:
        raise SpecError(
            f"a node reads node {node}, which does not come before it; the graph is"
            " damaged, or goes in a circle"
        )
    return node, output
