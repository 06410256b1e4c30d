"""Graphs of models that others built, changed so that they can be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Document = dict[str, Any]

# What a loss at the end gives, whose gradient is not that of what it gives
HEADS: Mapping[str, Callable[[Mapping[str, str]], tuple[str, dict[str, str]]]] = {
    "SoftmaxOutput": lambda attributes: (
        "softmax",
        {"axis": "1" if attributes.get("multi_output") in ("True", "1") else "-1"},
    ),
}


def edited(graph: Document, frozen: bool, averaged: bool) -> Document:
    """Change a graph: losses give what they give in evaluation.

    Args:
        graph: its document.
        frozen: whether BatchNorm takes its running statistics, and keeps them.
        averaged: whether Dropout does nothing.
    """
    changed = {
        **({"BatchNorm": {"use_global_stats": "True"}} if frozen else {}),
        **({"Dropout": {"p": "0"}} if averaged else {}),
    }
    nodes = []
    for node in graph["nodes"]:
        op, inputs, attributes = node["op"], node["inputs"], node.get("attrs", {})
        if op in HEADS:
            inputs = inputs[:1]
            op, attributes = HEADS[op](attributes)
        attributes = {**attributes, **changed.get(op, {})}
        nodes.append({**node, "op": op, "inputs": inputs, "attrs": attributes})
    return {**graph, "nodes": nodes}
