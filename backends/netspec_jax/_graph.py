"""Graphs as functions, with a line for each node."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from netspec.program import Call, Expr, Items, Name, call
from netspec.program.render import Code, Layout, Wire, Written, wired

JNP = "jax.numpy"

MERGES: dict[str, Callable[[tuple[Code, ...], int], Expr]] = {
    "concat": lambda read, axis: call(f"{JNP}:concatenate", Items(read), axis),
    "stack": lambda read, axis: call(f"{JNP}:stack", Items(read), axis),
    "add": lambda read, axis: Code(" + ".join(read)),
    "multiply": lambda read, axis: Code(" * ".join(read)),
    "subtract": lambda read, axis: Code(" - ".join(read)),
    "matmul": lambda read, axis: Code(" @ ".join(read)),
    "maximum": lambda read, axis: call(
        ".max", call(f"{JNP}:stack", call(f"{JNP}:broadcast_arrays", *read)), 0
    ),
}


def write(wires: Call, name: str, layout: Layout) -> Iterator[str]:
    """Yield the lines of the function that computes a graph.

    Args:
        wires: the call of `netspec_jax.support.graph.wires`.
        name: of the function.
        layout: prints calls.
    """
    array = layout.spell("jax:Array")
    yield f"def {name}(net: {layout.spell('typing:Any')}, x: {array}) -> {array}:"
    yield '    """Layers that read each other."""'
    held: Any = wires.args
    yield from wired([_wire(*node) for node in held], "net", layout, ("jnp",), 4)


def _wire(name: str, reads: tuple[str, ...], merge: Name, axis: int) -> Wire:
    merged = MERGES[merge.target.partition(":merge_")[2]]
    return Wire(name, reads, lambda read: merged(read, axis))


FORWARD = Written("forward", "{}", write)
