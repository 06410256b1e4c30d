"""Layers as nodes: the dispatch by type, and the chains and merges of containers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, singledispatch
from typing import Any, TypeAlias

from netspec import program
from netspec.errors import BackendError
from netspec.layers import INPUT, Layer
from netspec.program import lowering
from netspec.spec import Placed, PlacedChain, gather
from netspec_onnx._writer import Writer

Lowering: TypeAlias = Callable[[Any, Placed, str, Writer], str]


@singledispatch
def lower(layer: Layer, node: Placed, x: str, to: Writer) -> str:
    """Write the nodes of a layer.

    Register a function for a custom layer with ``@lower.register``.

    Args:
        layer: the layer, whose type selects the function.
        node: the layer at its position, with its shapes and parameters.
        x: name of the value that it reads.
        to: takes the nodes.

    Returns:
        The name of the value that it gives.

    Raises:
        BackendError: no function is registered for the layer, or ONNX cannot have it.
    """
    kind = type(layer).__name__
    raise BackendError(
        f"{node.path} {kind}: the onnx backend has no lowering for this layer; give it"
        f" one: decorate a function (layer: {kind}, node, x, to) that writes its nodes"
        " and returns the name of what they give with @netspec_onnx.lower.register"
    )


register = program.registrar(lower)


def chain(branch: PlacedChain, x: str, to: Writer) -> str:
    """Write the layers of a chain; return the name of the value that it gives.

    Raises:
        BackendError: a layer has no lowering, or ONNX cannot have it.
    """
    for node in branch.nodes:
        function: Lowering = lowering(lower, node.layer)
        since = len(to.nodes)
        with to.inside(node.path):
            x = to.rename(function(node.layer, node, x, to), node.path, since)
    return x


def chains(node: Placed, x: str, to: Writer) -> dict[str | None, str]:
    """Write the chains of a container; return by key what each gives, and the input."""
    values: dict[str | None, str] = {INPUT: x}
    for branch in node.branches:
        read = gather(branch, values, partial(merged, to=to))
        values[branch.key] = chain(branch, read, to)
    return values


MERGES = {"subtract": "Sub", "matmul": "MatMul", "maximum": "Max"}
PAIRS = {"add": "Add", "multiply": "Mul"}


def merged(merge: str, axis: int, values: Sequence[str], to: Writer) -> str:
    """Write the node that makes one value of several."""
    if merge == "concat":
        return to.op("Concat", *values, axis=axis)
    if merge == "stack":
        axes = to.integers([axis], "axes")
        parts = [to.op("Unsqueeze", value, axes) for value in values]
        return to.op("Concat", *parts, axis=axis)
    if merge in MERGES:
        return to.op(MERGES[merge], *values)
    total, *others = values
    for other in others:
        total = to.op(PAIRS[merge], total, other)
    return total
