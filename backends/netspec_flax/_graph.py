"""Graphs as classes, with a line for each node."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator
from typing import Any

from netspec.program import Call, Expr, Items, Name, call
from netspec.program.render import Code, Layout, Wire, Written, wired

JNP = "jax.numpy"

MERGES: dict[str, Callable[[tuple[Code, ...]], Expr]] = {
    "add": lambda read: Code(" + ".join(read)),
    "multiply": lambda read: Code(" * ".join(read)),
    "subtract": lambda read: Code(" - ".join(read)),
    "matmul": lambda read: Code(" @ ".join(read)),
    "maximum": lambda read: call(
        ".max", call(f"{JNP}:stack", call(f"{JNP}:broadcast_arrays", *read)), 0
    ),
}


def write(graph: Call, name: str, layout: Layout) -> Iterator[str]:
    """Yield the lines of the class of a graph.

    Args:
        graph: the call of `netspec_flax.support.graph.Graph`.
        name: of the class.
        layout: prints calls.
    """
    held: Any = graph.args
    array, anything = layout.spell("jax:Array"), layout.spell("typing:Any")
    yield f"class {name}({layout.spell('flax.nnx:Module')}):"
    yield '    """Layers that read each other."""'
    yield ""
    yield f"    def __init__(self, rngs: {layout.spell('flax.nnx:Rngs')}) -> None:"
    for node, layer, *_ in held:
        if keyword.iskeyword(node):
            added = call("builtins:setattr", Code("self"), node, layer)
            yield from layout.lines(added, indent=8)
        else:
            yield from layout.lines(layer, f"self.{node} = ", indent=8)
    yield ""
    yield f"    def __call__(self, x: {array}) -> {anything}:"
    wires = [_wire(*node) for node in held]
    yield from wired(wires, "self", layout, ("jnp", "nnx", "lax"), 8)


def _wire(name: str, layer: Expr, reads: tuple[str, ...], merge: Call | Name) -> Wire:
    if isinstance(merge, Name) and not merge.target.startswith(JNP):
        return Wire(name, reads, MERGES[merge.target.partition(":")[2]])
    if isinstance(merge, Name):
        return Wire(name, reads, lambda read: call(merge.target, Items(read)))
    function, options = merge.args[0], dict(merge.kwargs)
    assert isinstance(function, Name)
    return Wire(name, reads, lambda read: call(function.target, Items(read), **options))


GRAPH = Written("Wired", "{}(rngs)", write)
