"""A file of ONNX as a graph: operations in order, arrays, one input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from typing import Any

import numpy as np
import onnx
from onnx import (
    GraphProto,
    ModelProto,
    NodeProto,
    TensorProto,
    ValueInfoProto,
    numpy_helper,
)
from onnx.inliner import inline_local_functions

from netspec.contract import Array
from netspec.errors import SpecError, said, shorten

OLDEST = 7  # before it, the shapes of two operands were fitted by attributes
STANDARD = ("", "ai.onnx")


@dataclass(frozen=True)
class FileGraph:
    """A graph.

    Attributes:
        name: of the file, for messages.
        opset: version of the operations.
        nodes: each behind what it reads.
        stored: arrays by name, as the file has them.
        inputs: what the model is given.
        outputs: names of what it gives.
    """

    name: str
    opset: int
    nodes: Sequence[NodeProto]
    stored: Mapping[str, TensorProto]
    inputs: Sequence[ValueInfoProto]
    outputs: Sequence[str]

    def array(self, name: str) -> Array:
        """Copy an array out of the file.

        Raises:
            SpecError: it is damaged.
        """
        try:
            return _array(self.stored[name])
        except Exception as error:  # of whatever kind, from sizes that lie
            sizes = list(self.stored[name].dims)
            raise SpecError(
                f"{self.name}: the array {shorten(name)} of sizes {shorten(sizes)} is"
                f" damaged: {said(error, first_line=True)}; write the file again"
            ) from None


def _array(tensor: TensorProto) -> Array:
    found = np.array(numpy_helper.to_array(tensor))
    if list(found.shape) != list(tensor.dims):  # one that is negative fits any
        raise ValueError("it has other sizes")
    return found


def read_graph(name: str) -> FileGraph:
    """Read a graph from a file, with its arrays, which may lie in files beside it.

    Raises:
        SpecError: no such file, or it is no such graph.
    """
    model = _model(name)
    try:
        return _graph(name, model)
    except SpecError as error:
        raise SpecError(f"{name}: {error}") from None


def _model(name: str) -> ModelProto:
    try:
        model = onnx.load_model(name, format="protobuf")
        return inline_local_functions(model) if model.functions else model
    except OSError as error:
        reason = error.strerror or said(error)
        raise SpecError(f"{name}: cannot be read: {reason}") from None
    except Exception as error:  # of protobuf, of the checker, of external data
        raise SpecError(
            f"{name}: is no model of ONNX, or is damaged:"
            f" {said(error, first_line=True)}; write it again"
        ) from None


def _graph(name: str, model: ModelProto) -> FileGraph:
    held = model.graph
    if not held.output:
        raise SpecError("is no model of ONNX, or has no output")
    if not all(isinstance(one, str) for one in _names(held)):
        raise SpecError("has names that are no text; it is damaged, so write it again")
    if held.sparse_initializer:
        raise SpecError("holds sparse arrays; store them dense")
    stored = {one.name: one for one in held.initializer}
    inputs = [one for one in held.input if one.name not in stored]
    known = {*stored, *(one.name for one in inputs)}
    outputs = [one.name for one in held.output]
    nodes = ordered(held.node, known, outputs)
    return FileGraph(name, _opset(model), nodes, stored, inputs, outputs)


def _names(graph: GraphProto) -> Iterator[Any]:
    """Yield the names in a graph; protobuf has bytes for those that are no text."""
    for node in graph.node:
        yield from (node.name, node.op_type, node.domain, *node.input, *node.output)
        for one in node.attribute:
            yield one.name
            yield from _names(one.g)
    for held in (graph.initializer, graph.input, graph.output):
        for one in held:
            yield one.name
    for one in graph.input:
        yield from (dim.dim_param for dim in one.type.tensor_type.shape.dim)


def _opset(model: ModelProto) -> int:
    versions = [o.version for o in model.opset_import if o.domain in STANDARD]
    version = max(versions, default=1)
    newest = onnx.defs.onnx_opset_version()
    if not OLDEST <= version <= newest:
        raise SpecError(
            f"has operations of version {version}; netspec reads {OLDEST} to {newest}:"
            " convert it by onnx.version_converter, or install a newer onnx"
        )
    return int(version)


def ordered(
    nodes: Iterable[NodeProto], known: Iterable[str], outputs: Iterable[str]
) -> list[NodeProto]:
    """Put each node behind what it reads; those that are so already stay.

    Raises:
        SpecError: a value is made twice or by nothing, or the graph goes in a circle.
    """
    found = list(nodes)
    makers: dict[str, int] = dict.fromkeys(known, -1)
    for index, node in enumerate(found):
        for output in filter(None, node.output):
            if output in makers:
                raise SpecError(f"the value {shorten(output)} is made twice")
            makers[output] = index
    reads = [list(filter(None, node.input)) for node in found]
    lacking = [n for n in chain(*reads, outputs) if n not in makers]
    if lacking:
        raise SpecError(
            f"the value {shorten(lacking[0])} is read, but nothing makes it"
        )
    before = {i: {makers[n] for n in one} - {-1} for i, one in enumerate(reads)}
    if all(max(one, default=-1) < index for index, one in before.items()):
        return found
    try:
        return [found[index] for index in TopologicalSorter(before).static_order()]
    except CycleError as error:
        names = [_shown(found[index]) for index in error.args[1][:5]]
        raise SpecError(f"the graph goes in a circle: {', '.join(names)}") from None


def _shown(node: NodeProto) -> str:
    return shorten(node.name or next(iter(node.output), node.op_type))


def attributes_of(node: NodeProto) -> dict[str, Any]:
    """Return the attributes of a node by name, texts as texts."""
    found = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    return {
        name: value.decode(errors="replace") if isinstance(value, bytes) else value
        for name, value in found.items()
    }


def operation_of(node: NodeProto) -> str:
    """Return the name of the operation of a node, after its domain if it has one."""
    if node.domain in STANDARD:
        return str(node.op_type)
    return f"{node.domain}.{node.op_type}"
