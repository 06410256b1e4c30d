"""From the graph that `torch.export` gives to items: its nodes in order, each by the
rule of its operation.

In place operations give the tensor that they change a new meaning: what reads it later
reads the result. Where the same memory is read under another name, too, that is
refused.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from torch import fx, nn
from torch.export import ExportedProgram
from torch.export.graph_signature import InputKind

from netspec.errors import shorten
from netspec.importing import (
    NOTHING,
    Loose,
    Made,
    Piled,
    Recorder,
    Signal,
    Value,
    flat,
)
from netspec_torch.importing._call import Call, Tensors
from netspec_torch.importing._held import compute
from netspec_torch.importing._nodes import (
    find,
    module_path,
    operation,
    overload,
    same_tensor,
    sizes,
    stack,
    storage,
)
from netspec_torch.importing._registry import Rule, read
from netspec_torch.importing._values import Padded, Sizes

KEPT = ("aten.dropout", "aten.feature_dropout", "aten.alpha_dropout")
ALIASED = (
    "changes in place what is read later under another name; take the operation that"
    " does not work in place"
)


def walk(
    program: ExportedProgram,
    module: nn.Module,
    shape: Sizes,
    *,
    batch: int,
    train: bool,
) -> tuple[Recorder, list[Value]]:
    """Read the graph of a module.

    Args:
        program: what `torch.export` gave, for a batch of a fixed size.
        module: that it is of.
        shape: of one example of the input.
        batch: the size.
        train: whether the module was in training mode.

    Returns:
        What was read, and what the model gives, in order.
    """
    walker = _Walk(program, module, Recorder(batch, shape), train)
    outputs: list[Value] = []
    calls = iter(walker.nodes)
    for node in calls:
        if node.op == "output":
            outputs = walker.value(node.args[0])
        elif node.op == "call_function":
            for _ in range(1, walker.take(node)):
                next(calls)
    return walker.record, outputs


class _Walk:
    """The state of a walk.

    Attributes:
        record: what was read so far.
        nodes: in order.
        values: what each node stands for.
        memory: what identifies the memory of each.
    """

    def __init__(
        self, program: ExportedProgram, module: nn.Module, record: Recorder, train: bool
    ) -> None:
        self.module, self.record, self.train = module, record, train
        self.tensors = Tensors(module)
        self.nodes: list[fx.Node] = list(program.graph.nodes)
        self.place = {node: index for index, node in enumerate(self.nodes)}
        self.values: dict[fx.Node, Value] = {}
        self.memory = {node: storage(node) for node in self.nodes}
        self._hold(program)

    def _hold(self, program: ExportedProgram) -> None:
        """Give the inputs of the graph their meaning."""
        inputs = [node for node in self.nodes if node.op == "placeholder"]
        held = {**program.state_dict, **program.constants}
        specs = program.graph_signature.input_specs
        for node, spec in zip(inputs, specs, strict=True):
            if spec.kind is InputKind.USER_INPUT:
                self.values[node] = self.record.input
                self.record.uses[self.record.input.key] = len(node.users)
            else:
                own = find(self.module, spec.target or "")
                self.values[node] = self.tensors.holding(own, held[spec.target or ""])

    def value(self, argument: Any) -> Value:
        """Return what an argument of a node stands for."""
        if isinstance(argument, fx.Node):
            return self.values.get(argument, NOTHING)
        if isinstance(argument, list | tuple):
            return [self.value(one) for one in argument]
        return argument

    def take(self, node: fx.Node) -> int:
        """Read a node, or all of the module that it begins, where that has a rule;
        return how many nodes they are.
        """
        group, rule, path = self._whole(node)
        if rule is not None:
            last = _exit(group)
            self.values[last] = self._read(last, self._outside(group), rule, path)
            self._same(group, last)
        elif node.target is operator.getitem:
            self.values[node] = self._part(node)
        else:
            self.values[node] = self._operation(node)
        return len(group)

    def _whole(self, node: fx.Node) -> tuple[list[fx.Node], Rule | None, str]:
        """Find the nodes of a module that has a rule of its own, that rule, and the
        path of the module.
        """
        for key, (path, _) in stack(node).items():
            rule = read.of_module(find(self.module, path))
            if rule is not None:
                return self._within(node, key), rule, path
        return [node], None, module_path(node)

    def _within(self, node: fx.Node, key: str) -> list[fx.Node]:
        """List a node and those after it that belong to one call of a module."""
        rest = self.nodes[self.place[node] :]
        return list(takewhile(lambda one: key in stack(one), rest))

    def _outside(self, group: Sequence[fx.Node]) -> dict[str, Value]:
        """Return what the nodes of a module read, each value once."""
        inside = set(group)
        found: dict[Value, str] = {}
        for node in group:
            for source in node.all_input_nodes:
                value = self.values.get(source, NOTHING)
                if source not in inside and source.op != "get_attr":
                    found.setdefault(value, source.name)
        return {name: value for value, name in found.items()}

    def _same(self, group: Sequence[fx.Node], last: fx.Node) -> None:
        """Let nodes of a module that are but another name of what it reads be that."""
        reads = {source for node in group for source in node.all_input_nodes}
        for node in group:
            for source in reads & self.values.keys():
                if node is not last and same_tensor(node, source):
                    self.values.setdefault(node, self.values[source])

    def _part(self, node: fx.Node) -> Value:
        several, index = self.value(node.args[0]), node.args[1]
        if isinstance(several, tuple | list) and isinstance(index, int):
            return several[index] if index < len(several) else NOTHING
        if isinstance(several, Signal):  # stands in for what could not be read
            return Signal(several.key, sizes(node))
        return several

    def _operation(self, node: fx.Node) -> Value:
        name, arguments = operation(node), self._bound(node)
        given = list(flat(arguments.values()))
        if not any(isinstance(one, Signal | Loose | Piled | Padded) for one in given):
            kwargs = {name: self.value(one) for name, one in node.kwargs.items()}
            return compute(node, self.value(node.args), kwargs)
        rule = read.operations.get(name, _unknown)
        made = self._read(node, arguments, rule, module_path(node))
        function, first = overload(node), next(iter(node.all_input_nodes))
        if function is not None and function._schema.is_mutable:
            self._rename(node, first, made)
        elif name in KEPT and not self.train:  # it gives the tensor that it is given
            self.memory[node] = self.memory[first]
        return made

    def _bound(self, node: fx.Node) -> dict[str, Value]:
        """Return the arguments of an operation by name, with its defaults."""
        function = overload(node)
        if function is None:
            return {str(i): self.value(one) for i, one in enumerate(node.args)}
        declared = function._schema.arguments
        bound = {one.name: one.default_value for one in declared}
        names = [one.name for one in declared]
        bound |= {n: self.value(one) for n, one in zip(names, node.args, strict=False)}
        return bound | {name: self.value(one) for name, one in node.kwargs.items()}

    def _call(
        self, node: fx.Node, arguments: Mapping[str, Value], path: str, key: str
    ) -> Call:
        return Call(
            operation(node),
            key,
            arguments,
            sizes(node),
            path,
            self.record.batch,
            train=self.train,
            tensors=self.tensors,
        )

    def _read(
        self, node: fx.Node, arguments: Mapping[str, Value], rule: Rule, path: str
    ) -> Value:
        found = self.record.read(self._call(node, arguments, path, node.name), rule)
        if isinstance(found, Signal):
            self.record.uses[found.key] = len(node.users)
        return found

    def _rename(self, node: fx.Node, changed: fx.Node, made: Value) -> None:
        """Let all that reads a tensor after it was changed in place read the result."""
        former, memory = self.values.get(changed), self.memory[changed]
        for other, value in list(self.values.items()):
            if self.memory[other] != memory or memory is None:
                continue
            if value == former:
                self.values[other] = made
            elif any(self.place[user] > self.place[node] for user in other.users):
                key = f"{node.name}.{other.name}"
                call = self._call(node, {"": value}, module_path(node), key)
                self.values[other] = self.record.stand_in(call, ALIASED, key)


def _exit(group: Sequence[fx.Node]) -> fx.Node:
    """Return the node of a module that the code around it reads."""
    inside = set(group)
    read = [node for node in group if not inside.issuperset(node.users)]
    return read[-1] if read else group[-1]


def _unknown(call: Call) -> Made:
    raise call.refused(
        "netspec has no layer for it, or no rule that reads it; register one with"
        f" @netspec_torch.importing.read.register({shorten(call.name)})"
    )
