"""Graphs as classes, with a line for each node."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any

from netspec.program import Call, Expr, Name, call
from netspec.program.render import Code, Layout, Wire, Written, wired

Read = tuple[Code, ...]

FUNCTIONS = ("narrow_concat", "maximum", "matmul")  # that a file carries


def _of_two(name: str) -> Callable[..., Expr]:
    def of_both(left: Expr, right: Expr) -> Expr:
        return call(name, Code("F"), left, right)

    return lambda *read: reduce(of_both, read)


OPERATORS: Mapping[str, Callable[..., Expr]] = {
    "concat": lambda *read, axis: call(".concat", Code("F"), *read, dim=axis),
    "stack": lambda *read, axis: call(".stack", Code("F"), *read, axis=axis),
    "add": lambda *read: call(".add_n", Code("F"), *read),
    "broadcast_add": _of_two(".broadcast_add"),
    "multiply": _of_two(".broadcast_mul"),
    "subtract": _of_two(".broadcast_sub"),
}


def write(graph: Call, name: str, layout: Layout) -> Iterator[str]:
    """Yield the lines of the class of a graph.

    Args:
        graph: the call of `netspec_gluon.support.graph.Graph`.
        name: of the class.
        layout: prints calls.
    """
    held: Any = graph.args
    anything = layout.spell("typing:Any")
    yield f"class {name}({layout.spell('mxnet.gluon.nn:HybridBlock')}):"
    yield '    """Layers that read each other."""'
    yield ""
    yield "    def __init__(self) -> None:"
    yield "        super().__init__()"
    for node, block, *_ in held:
        if keyword.iskeyword(node):
            setting = call("builtins:setattr", Code("self"), node, block)
            yield from layout.lines(setting, indent=8)
        else:
            yield from layout.lines(block, f"self.{node} = ", indent=8)
    yield ""
    yield (f"    def hybrid_forward(self, F: {anything}, x: {anything}) -> {anything}:")
    wires = [_wire(*node) for node in held]
    yield from wired(wires, "self", layout, ("F", "nn", *FUNCTIONS), 8)


def _wire(name: str, block: Expr, reads: tuple[str, ...], merge: Call | None) -> Wire:
    return Wire(name, reads, lambda read: _merged(merge, read))


def _merged(merge: Call | None, read: Read) -> Expr:
    """Write operators that are short; what takes more is a function that is carried."""
    assert merge is not None
    (function,) = merge.args
    assert isinstance(function, Name)
    options = dict(merge.kwargs)
    operator = OPERATORS.get(function.target.partition(":")[2])
    if operator:
        return operator(*read, **options)
    return call(function.target, Code("F"), *read, **options)


GRAPH = Written("Wired", "{}()", write)
