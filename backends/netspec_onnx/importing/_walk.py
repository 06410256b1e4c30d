"""From the operations of a graph to items: in order, each by its rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from onnx import NodeProto
from onnx.numpy_helper import to_array

from netspec.importing import (
    INPUT,
    NOTHING,
    Loose,
    Lost,
    Made,
    Recorder,
    Signal,
    Value,
)
from netspec.layers import Layer, Shape
from netspec_onnx.importing._call import ANYWHERE, RULES, Around, Call
from netspec_onnx.importing._file import FileGraph, attributes_of, operation_of
from netspec_onnx.importing._folding import fold
from netspec_onnx.importing._names import module_of
from netspec_onnx.importing._values import FIRST, Held, Turn, Turned
from netspec_onnx.importing.layers.functions import Traces

BATCH = 7919  # a prime, which no other size is
SECOND = Lost("is a further output of an operation, which no layer gives")
SIZES = ("Shape", "Size")


class Walk:
    """The nodes of a graph, in order.

    Attributes:
        record: what was read so far.
        values: what each value of the graph stands for, by name.
        notes: what is to be said, each with the key of what it is of.
    """

    def __init__(self, graph: FileGraph, source: str, shape: Shape, fixed: int | None):
        self.graph, self.around = graph, Around(graph.opset, fixed)
        self.record = Recorder(BATCH, shape)
        self.values: dict[str, Value] = {"": None, source: self.record.input}
        self.traces = Traces()
        self.notes: list[tuple[str, str]] = []
        read = [name for node in graph.nodes for name in node.input]
        self.readers = Counter((*read, *graph.outputs))
        self.record.uses[INPUT] = self.readers[source]

    def value(self, name: str) -> Value:
        """Return what a value of the graph stands for."""
        if name not in self.values and name in self.graph.stored:
            array = self.graph.array(name)
            self.values[name] = Held(name, array, array.dtype.kind == "f")
        return self.values.get(name, NOTHING)

    def run(self) -> None:
        """Read all nodes."""
        for index, node in enumerate(self.graph.nodes):
            self._take(f"{index}:{next(iter(node.output), '')}", node)

    def _take(self, key: str, node: NodeProto) -> None:
        """Read a node, and keep what it gives under the names of its outputs."""
        found = self._node(key, node)
        several = found if isinstance(found, tuple) else (found,)
        for place, name in enumerate(node.output):
            one = several[place] if place < len(several) else SECOND
            self.values.setdefault(name, one)
            signal = one.signal if isinstance(one, Turned) else one
            if isinstance(signal, Signal):
                self.record.uses[signal.key] = self.readers[name]

    def _node(self, key: str, node: NodeProto) -> Value:
        inputs = [self.value(name) for name in node.input]
        lost = next((one for one in inputs if isinstance(one, Lost)), None)
        held = [one for one in inputs if isinstance(one, Held) or one is None]
        if operation_of(node) in SIZES and lost is None:
            return _sizes(node, inputs[0])
        if operation_of(node) == "If" and isinstance(inputs[0], Held):
            return self._branch(key, node, inputs[0])
        if len(held) == len(inputs):
            return fold(node, held, self.graph.opset)
        if lost and len(held) == len(inputs) - 1:
            return lost
        return self._operation(key, node, inputs)

    def _branch(self, key: str, node: NodeProto, condition: Held) -> Value:
        """Read the branch that a constant chooses, which reads what is around it."""
        which = "then_branch" if condition.array.all() else "else_branch"
        branch = attributes_of(node)[which]
        for one in branch.initializer:
            self.values[one.name] = Held(one.name, to_array(one), True)
        for index, inner in enumerate(branch.node):
            self._take(f"{key}/{index}", inner)
        return tuple(self.value(output.name) for output in branch.output)

    def _operation(self, key: str, node: NodeProto, inputs: list[Value]) -> Value:
        name = operation_of(node)
        turns = {_turn(one) for one in inputs if isinstance(one, Signal | Turned)}
        plain = [one.signal if isinstance(one, Turned) else one for one in inputs]
        call = self._call(key, node, plain, next(iter(turns), FIRST))
        rule = RULES.get(name, _unknown)
        if len(turns) > 1 or (call.turn != FIRST and name not in ANYWHERE):
            rule = _mixed
        elif found := self.traces.trace(node, key, plain, self.graph.opset):
            layer, source = found
            call.reads = (Signal(source, self.record.shapes[source]),)
            rule = lambda call: layer  # noqa: E731  (it is one value)
        made = self.record.read(call, rule)
        self.notes += [(call.key, note) for note in call.notes]
        if isinstance(made, tuple):
            return tuple(_turned(one, call.gives) for one in made)
        further = [self._further(call, made, *one) for one in call.further]
        first = _turned(made, call.gives)
        return (first, *further) if further else first

    def _call(
        self, key: str, node: NodeProto, inputs: Sequence[Value], turn: Turn
    ) -> Call:
        return Call(
            operation_of(node),
            key,
            inputs,
            module_of(node),
            BATCH,
            attributes=attributes_of(node),
            around=self.around,
            turn=turn,
            outputs=len(node.output),
        )

    def _further(
        self, call: Call, made: Value, layers: list[Layer], turn: Turn
    ) -> Value:
        """Read another output of an operation, which layers make of its first."""
        if not isinstance(made, Signal):
            return SECOND
        more = Call(
            call.name,
            f"{call.key}.state",
            [made],
            call.path,
            BATCH,
            attributes={},
            around=self.around,
            turn=FIRST,
        )
        return _turned(self.record.read(more, lambda _: layers), turn)


def _turn(value: Value) -> Turn:
    return value.turn if isinstance(value, Turned) else FIRST


def _turned(value: Value, turn: Turn) -> Value:
    return Turned(value, turn) if turn != FIRST and isinstance(value, Signal) else value


def _sizes(node: NodeProto, value: Value) -> Value:
    """Return the sizes of a value as an array, or how many they are."""
    if isinstance(value, Turned):
        shape = value.turn.seen(value.signal.shape)
    elif isinstance(value, Held):
        shape = value.array.shape
    elif isinstance(value, Signal | Loose):
        shape = value.shape
    else:
        return NOTHING
    told = attributes_of(node)
    part = shape[told.get("start", 0) : told.get("end")]
    count = np.array(np.prod(shape, dtype=np.int64))
    array = np.array(part, np.int64) if operation_of(node) == "Shape" else count
    return Held("", array, False)


def _mixed(call: Call) -> Made:
    raise call.refused(
        "reads values whose batch is another axis than the first; keep it first"
    )


def _unknown(call: Call) -> Made:
    raise call.refused("netspec has no layer for it, or no rule that reads it")
