"""From a symbol file and its arrays to a reading."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path

import numpy as np

from netspec.errors import ImportProblem, Obstacle, SpecError, nearest, shorten
from netspec.importing._example import shape_of
from netspec.importing._graph import INPUT as ITEM_INPUT
from netspec.importing._graph import Array, Item, Reading
from netspec.importing._recorder import Recorder
from netspec.importing._values import NOTHING, Lost, Signal, Value
from netspec.importing.symbols._call import RULES, WITH_PARAMETERS, Call, Held
from netspec.importing.symbols._composed import Composed, composed
from netspec.importing.symbols._list import read_list
from netspec.importing.symbols._search import Sought
from netspec.importing.symbols._symbol import INPUT, Node, Symbol, read_symbol
from netspec.layers import Layer, Shape

BATCH = 7919  # a prime, which no other size is
SECOND = Lost("is a second output of an operation, which no layer gives")
LABELLED = "Output"  # operations whose second input is a label of training


def reading(
    symbol: str | os.PathLike[str],
    params: str | os.PathLike[str],
    input_shape: Sequence[int],
    name: str | None = None,
    output: str | None = None,
) -> Reading:
    """Read a model that MXNet exported.

    Raises:
        ImportProblem: parameters are missing.
        InputError: `input_shape` is none.
        ParameterError: the file of arrays is none, or damaged.
        SpecError: the file of the graph is none, or damaged.
    """
    shape = shape_of(input_shape)
    graph, arrays = read_symbol(symbol), read_list(params)
    title = name or Path(symbol).name.removesuffix(".json").removesuffix("-symbol")
    return of_graph(graph, arrays, shape, title, output)


def of_graph(
    graph: Symbol,
    arrays: Mapping[str, Array],
    input_shape: Shape,
    title: str,
    output: str | None = None,
    fixed: Collection[str] = (),
) -> Reading:
    """Read a graph and its arrays, by name.

    Args:
        graph: the operations.
        arrays: parameters; they are copied.
        input_shape: of one example.
        title: name of the spec.
        output: name of the operation whose output is meant; the only one if None.
        fixed: names of arrays that nothing trains, as far as it is known.

    Raises:
        ImportProblem: parameters are missing, or it has several outputs.
        SpecError: there is no such output.
    """
    walk = _Walk(graph, arrays, input_shape, fixed)
    problems = [*walk.missing(), *_wrong(arrays)]
    if problems:
        raise ImportProblem(title, problems)
    walk.run()
    value = walk.values[_head(graph, output, title)]
    if not isinstance(value, Signal):
        remedy = "it does not depend on the input"
        raise ImportProblem(title, [Obstacle("", "output", None, remedy)])
    items = tuple(walk.record.items.values())
    used = {w.origin for item in items for w in item.weights.values()}
    return Reading(
        title,
        input_shape,
        value.key,
        items,
        _input_dtype(items),
        notes=tuple(dict.fromkeys(walk.record.notes)),
        unused=tuple(one for one in arrays if one not in used),
    )


def _input_dtype(items: Sequence[Item]) -> str:
    readers = [item.made for item in items if ITEM_INPUT in item.reads]
    integers = [isinstance(made, Layer) and made.reads == "int" for made in readers]
    return "int" if integers and all(integers) else "float"


def _wrong(arrays: Mapping[str, Array]) -> Iterator[Obstacle]:
    kinds = {array.dtype.name: name for name, array in arrays.items()}
    if len(kinds) > 1 or kinds.keys() - {"float32", "float64"}:
        held = ", ".join(f"{name} is {kind}" for kind, name in kinds.items())
        remedy = f"{held}; a spec has one of float32 and float64"
        yield Obstacle("", "dtype", None, remedy)


def _head(graph: Symbol, output: str | None, title: str) -> tuple[int, int]:
    names = [graph.nodes[node].name for node, _ in graph.heads]
    if output is not None:
        if output not in names:
            hint = nearest(output, names)
            raise SpecError(f"no output {shorten(output)}{hint}")
        return graph.heads[names.index(output)]
    if len(names) > 1:
        remedy = (
            f"gives {len(names)} outputs: {', '.join(names[:10])}; choose one,"
            f" output={names[0]!r}, on the command line --head {names[0]}"
        )
        raise ImportProblem(title, [Obstacle("", "output", None, remedy)])
    return graph.heads[0]


class _Walk:
    """The nodes of a graph, in order.

    Attributes:
        record: what was read so far.
        values: what each output of a node stands for.
    """

    def __init__(
        self,
        graph: Symbol,
        arrays: Mapping[str, Array],
        shape: Shape,
        fixed: Collection[str],
    ) -> None:
        self.fixed = fixed
        self.graph, self.arrays, self.sought = graph, arrays, Sought(graph)
        self.record = Recorder(BATCH, shape)
        self.values: dict[tuple[int, int], Value] = {}
        read = [one for node in graph.nodes for one in node.inputs]
        self.readers = Counter(node for node, _ in (*read, *graph.heads))
        self.paths = _paths([node.name for node in graph.nodes if node.op != INPUT])

    def missing(self) -> Iterator[Obstacle]:
        """Yield a problem for each parameter that the file does not have, and for each
        input but one.
        """
        inputs = []
        for place, node in enumerate(self.graph.nodes):
            if node.op != INPUT or node.name in self.arrays:
                continue
            readers = list(self._readers(place))
            if any(op in WITH_PARAMETERS and at for op, at in readers):
                yield Obstacle(
                    node.name, "parameter", None, "is not in the file of arrays"
                )
            elif readers and not all(
                op.endswith(LABELLED) and at for op, at in readers
            ):
                inputs.append(node.name)
        for extra in inputs[1:]:
            remedy = (
                f"a model has one input, which is {inputs[0]}; or an array is missing"
            )
            yield Obstacle(extra, "input", None, remedy)

    def _readers(self, place: int) -> Iterator[tuple[str, int]]:
        for node in self.graph.nodes:
            for at, (source, _) in enumerate(node.inputs):
                if source == place:
                    yield node.op, at

    def run(self) -> None:
        """Read all nodes."""
        for place, node in enumerate(self.graph.nodes):
            made = self._read(place, node)
            several = made if isinstance(made, tuple) else (made,)
            for index, one in enumerate(several):
                self.values[place, index] = one
                if isinstance(one, Signal):
                    self.record.uses[one.key] = self.readers[place]

    def _read(self, place: int, node: Node) -> Value:
        if node.op == INPUT:
            return self._variable(node)
        made = self._composed(place, node)
        return self._operation(node) if made is None else made

    def _variable(self, node: Node) -> Value:
        held = self._held(node.name)
        return self.record.input if held is None else held

    def _held(self, name: str) -> Held | None:
        if name not in self.arrays:
            return None
        array = np.array(self.arrays[name])  # a copy: the file may change
        return Held(name, array, name in self.fixed)

    def _operation(self, node: Node) -> Value:
        inputs = [
            self.values.get(one, SECOND if one[1] else NOTHING) for one in node.inputs
        ]
        path = self.paths[node.name]

        def aside(suffix: str) -> Held | None:
            return self._held(f"{node.name}_{suffix}")

        call = Call(node.op, path, inputs, node.attributes, BATCH, aside)
        return self.record.read(call, RULES.get(node.op, _unknown))

    def _composed(self, place: int, node: Node) -> Value | None:
        """Read a value that ends a composition; None where it ends none."""
        for rule, bound in composed(self.sought, (place, 0)):
            call = Composed(
                node.op, self.paths[node.name], [], node.attributes, BATCH, _nothing
            )
            call.reference, call.bound, call.sought = (place, 0), bound, self.sought
            call.value_of = self._value_of
            made = self.record.composed(call, rule)
            if made is not None:
                return made
        return None

    def _value_of(self, reference: tuple[int, int]) -> Value:
        return self.values.get(reference, NOTHING)


def _nothing(suffix: str) -> None:
    """Find no array aside, as a composition has none."""


def _unknown(call: Call) -> Value:
    raise call.refused("netspec has no layer for it, or no rule that reads it")


def _paths(names: Sequence[str]) -> dict[str, str]:
    """Name each operation without what all of them begin with and most end with."""
    pairs = zip(min(names, default=""), max(names, default=""), strict=False)
    whole = "".join(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    begin = whole[: whole.rfind("_") + 1] if len(names) > 1 else ""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        short = name.removeprefix(begin).removesuffix("_fwd").replace(".", "_")
        found[name] = name if short in taken or not short else short
        taken.add(found[name])
    return found
