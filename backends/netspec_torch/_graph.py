"""Graphs as classes, with a line for each node."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator
from typing import Any

from netspec.program import Call, Expr, Items, Name, call
from netspec.program.render import Code, Layout, Wire, Written, wired

MERGES: dict[str, Callable[[tuple[Code, ...], int], Expr]] = {
    "concat": lambda read, dim: call("torch:cat", Items(read), dim=dim),
    "stack": lambda read, dim: call("torch:stack", Items(read), dim=dim),
    "add": lambda read, dim: Code(" + ".join(read)),
    "multiply": lambda read, dim: Code(" * ".join(read)),
    "subtract": lambda read, dim: Code(" - ".join(read)),
    "matmul": lambda read, dim: Code(" @ ".join(read)),
    "maximum": lambda read, dim: call(
        ".amax", call("torch:stack", call("torch:broadcast_tensors", *read)), 0
    ),
}


def write(graph: Call, name: str, layout: Layout) -> Iterator[str]:
    """Yield the lines of the class of a graph.

    Args:
        graph: the call of `netspec_torch.support.graph.Graph`.
        name: of the class.
        layout: prints calls.
    """
    (nodes,) = graph.args
    assert isinstance(nodes, Items)
    held: Any = nodes.values
    tensor = layout.spell("torch:Tensor")
    yield f"class {name}({layout.spell('torch.nn:Module')}):"
    yield '    """Layers that read each other."""'
    yield ""
    yield "    def __init__(self) -> None:"
    yield "        super().__init__()"
    for node, module, *_ in held:
        if keyword.iskeyword(node):
            added = call(".add_module", Code("self"), node, module)
            yield from layout.lines(added, indent=8)
        else:
            yield from layout.lines(module, f"self.{node} = ", indent=8)
    yield ""
    yield f"    def forward(self, x: {tensor}) -> {tensor}:"
    wires = [_wire(*node) for node in held]
    yield from wired(wires, "self", layout, ("torch", "nn"), 8)


def _wire(
    name: str, module: Expr, reads: tuple[str, ...], merge: Name, dim: int
) -> Wire:
    merged = MERGES[merge.target.partition(":")[2]]
    return Wire(name, reads, lambda read: merged(read, dim))


GRAPH = Written("Wired", "{}()", write)
