"""Graphs as classes, with a line for each node."""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from typing import Any

from netspec.program import Call, Expr, Items
from netspec.program.render import Code, Layout, Wire, Written, wired


def write(graph: Call, name: str, layout: Layout) -> Iterator[str]:
    """Yield the lines of the class of a graph.

    Args:
        graph: the call of `netspec_keras.support.graph.Graph`.
        name: of the class.
        layout: prints calls.
    """
    (nodes,) = graph.args
    assert isinstance(nodes, Items)
    held: Any = nodes.values
    decorator = layout.spell("keras:saving.register_keras_serializable")
    yield f'@{decorator}(package="netspec")'
    yield f"class {name}({layout.spell('keras.layers:Layer')}):"
    yield '    """Layers that read each other."""'
    yield ""
    yield f"    def __init__(self, **options: {layout.spell('typing:Any')}) -> None:"
    yield "        super().__init__(**options)"
    for node, layer, _, _ in held:
        if keyword.iskeyword(node):
            added = Call("builtins:setattr", (Code("self"), node, layer))
            yield from layout.lines(added, indent=8)
        else:
            yield from layout.lines(layer, f"self.{node} = ", indent=8)
    yield ""
    kind = layout.spell("typing:Any")
    yield f"    def call(self, x: {kind}) -> {kind}:"
    wires = [_wire(*node) for node in held]
    yield from wired(wires, "self", layout, ("keras", "layers", "ops"), 8)


def _wire(name: str, layer: Expr, reads: tuple[str, ...], merge: Any) -> Wire:
    return Wire(name, reads, lambda read: _merged(merge, read))


def _merged(merge: Call, read: tuple[Code, ...]) -> Expr:
    short = {"Add": " + ", "Multiply": " * ", "Subtract": " - ", "MatMul": " @ "}
    sign = short.get(merge.target.partition(":")[2])
    if sign:
        return Code(sign.join(read))
    return Call(".__call__", (merge, Items(read)))


GRAPH = Written("Wired", "{}()", write)
