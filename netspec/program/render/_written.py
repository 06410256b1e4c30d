"""Classes and functions that a file has instead of a call: a graph of layers is data
where it is built, and statements where it is read, one for each node.
"""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from netspec.program._call import Call, Expr
from netspec.program.render._code import Code
from netspec.program.render._printer import Layout

INPUT = "x"  # what statements call the input of a graph


class Written(NamedTuple):
    """How a file writes out the calls of one target.

    Attributes:
        name: of what it defines; with a number if there are several.
        use: how that is used, with its name for ``{}``.
        lines: gives the lines of the definition, from the call and the name.
    """

    name: str
    use: str
    lines: Callable[[Call, str, Layout], Iterable[str]]


class Wire(NamedTuple):
    """One node of a graph, as statements need it.

    Attributes:
        name: of the node.
        reads: names of nodes, or ``"input"``.
        merged: from the expressions of several to that of what they become.
    """

    name: str
    reads: Sequence[str]
    merged: Callable[[tuple[Code, ...]], Expr]


def attribute(owner: str, name: str) -> str:
    """Write the attribute of an object; its name may be a keyword of Python."""
    if keyword.iskeyword(name):
        return f'getattr({owner}, "{name}")'
    return f"{owner}.{name}"


def wired(
    wires: Sequence[Wire], owner: str, layout: Layout, taken: Iterable[str], indent: int
) -> Iterator[str]:
    """Yield a statement for each node of a graph, the last of which returns.

    Args:
        wires: the nodes in order.
        owner: what has the nodes as attributes.
        layout: prints calls.
        taken: names that mean something else in the function.
        indent: of the statements.
    """
    names = _variables([wire.name for wire in wires], {owner, INPUT, *taken})
    for index, wire in enumerate(wires):
        read = tuple(Code(names[key]) for key in wire.reads)
        value = read[0] if len(read) == 1 else wire.merged(read)
        made = Call(f".{wire.name}", (Code(owner), value))
        if keyword.iskeyword(wire.name):
            made = Call(f"builtins:{attribute(owner, wire.name)}", (value,))
        last = index == len(wires) - 1
        before = "return " if last else f"{names[wire.name]} = "
        yield from layout.lines(made, before, indent=indent)


def _variables(nodes: Sequence[str], taken: set[str]) -> Mapping[str, str]:
    """Name a variable for each node, and for the input, as the node if it can be."""
    names = {"input": INPUT}
    barred = taken | {*keyword.kwlist, *vars(builtins)}
    for node in nodes:
        name = node
        while name in barred or (name != node and name in nodes):
            name += "_"
        names[node] = name
        barred.add(name)
    return names
