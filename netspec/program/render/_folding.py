"""Find calls that a program makes several times, so that source has them once.

Calls are compared, not layers: what repeats is found whether or not the spec has a
`Repeat`. As a person would, a file names several layers that stand twice in one list,
if that makes it shorter; what is alike in distant places only is written out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from netspec.program._call import Call, Expr, Items, Name, Program, walk
from netspec.program.render._printer import Layout, Use
from netspec.program.render._written import Written

OVERHEAD = 4  # lines of a function but its body: head, docstring, two empty ones


class Block(NamedTuple):
    """A call that stands in one place of a file under a name.

    Attributes:
        name: of the function, class or value that makes it.
        call: with the blocks that it uses by name.
        written: how it is written out; None where it is made as it stands.
    """

    name: str
    call: Call
    written: Written | None = None


BLOCK = "block"


def fold(
    program: Program,
    layout: Layout,
    free: Callable[[str], bool],
    written: Mapping[str, Written],
) -> tuple[Program, tuple[Block, ...]]:
    """Give names to the calls of layers that repeat, if the file gets shorter, and to
    those that are written out.

    Args:
        program: the program to print.
        layout: prints its calls.
        free: tells whether a name is not taken in the file.
        written: how calls are written out, by target.

    Returns:
        The program with uses of the blocks, and the blocks, each after those it uses.
    """
    quiet = replace(layout, said=set())
    found = _Folder(quiet, written, *_references(program))
    found.rebuilt(program.modules)
    names: dict[Call, str] = {}
    for kind in (BLOCK, *(entry.name for entry in written.values())):
        alike = [call for call in found.chosen if found.kind(call) == kind]
        names |= zip(alike, _names(kind, len(alike), free), strict=True)
    last = replace(found, memo={}, blocks=[], names=names)
    modules = last.rebuilt(program.modules)
    assert isinstance(modules, Call)
    return replace(program, modules=modules), tuple(last.blocks)


def _names(name: str, count: int, free: Callable[[str], bool]) -> list[str]:
    while not all(map(free, (name, *(f"{name}{i + 1}" for i in range(count))))):
        name += "_"
    return [name] if count == 1 else [f"{name}{i + 1}" for i in range(count)]


def _references(program: Program) -> tuple[dict[Call, int], set[Call]]:
    """Count in how many places each call stands, where equal calls are one place, and
    find those that stand twice in the arguments of one.
    """
    counts: dict[Call, int] = {}
    twins: set[Call] = set()

    def visit(call: Call) -> None:
        inside = [part for part in _arguments(call) if part not in program.shared]
        for part, times in Counter(inside).items():
            if times > 1:
                twins.add(part)
            new = part not in counts
            counts[part] = counts.get(part, 0) + times
            if new:
                visit(part)

    visit(program.modules)
    return counts, twins


def _arguments(expr: Expr) -> Iterator[Call]:
    """Yield the calls in an expression, but not those in them."""
    parts: tuple[Expr, ...] = ()
    if isinstance(expr, Call):
        parts = (*expr.args, *dict(expr.kwargs).values())
    elif isinstance(expr, Items | tuple):
        parts = expr if isinstance(expr, tuple) else expr.values
    for part in parts:
        if isinstance(part, Call):
            yield part
        else:
            yield from _arguments(part)


@dataclass
class _Folder:
    """Rebuilds expressions with blocks by name.

    Attributes:
        layout: counts lines.
        written: how calls are written out, by target.
        references: how often each call stands in the program.
        twins: calls that stand twice in one list.
        names: of the calls that are blocks; None while they are chosen.
        chosen: calls that are blocks, each after those in it.
        blocks: made of these.
        memo: what has become of calls.
    """

    layout: Layout
    written: Mapping[str, Written]
    references: Mapping[Call, int]
    twins: Set[Call]
    names: Mapping[Call, str] | None = None
    chosen: list[Call] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    memo: dict[Call, Expr] = field(default_factory=dict)

    def rebuilt(self, expr: Expr) -> Expr:
        """Return an expression in which blocks are used by name."""
        if isinstance(expr, Call):
            if expr not in self.memo:
                self.memo[expr] = self._call(expr)
            return self.memo[expr]
        if isinstance(expr, Items):
            return Items(tuple(map(self.rebuilt, expr.values)))
        return tuple(map(self.rebuilt, expr)) if isinstance(expr, tuple) else expr

    def _call(self, call: Call) -> Expr:
        if call in self.layout.shared:
            return call
        kwargs = tuple((name, self.rebuilt(value)) for name, value in call.kwargs)
        inner = replace(call, args=tuple(map(self.rebuilt, call.args)), kwargs=kwargs)
        if not self._is_block(call, inner):
            return inner
        name = self.names[call] if self.names is not None else f"{BLOCK}1"
        if self.names is None:
            self.chosen.append(call)
        written = self.written.get(call.target)
        self.blocks.append(Block(name, inner, written))
        return Use((written.use if written else self.layout.use).format(name))

    def kind(self, call: Call) -> str:
        """Return what blocks like this one are called."""
        written = self.written.get(call.target)
        return written.name if written else BLOCK

    def _is_block(self, call: Call, inner: Call) -> bool:
        if self.names is not None:
            return call in self.names
        if call.target in self.written:
            return True
        layers = sum(isinstance(p, Call | Name) and bool(p.path) for p in walk(call))
        if call not in self.twins or layers < 2:
            return False
        count = self.references[call]
        size = len(list(self.layout.lines(inner, indent=8)))
        return count * size > count + size + OVERHEAD
