"""Find calls that a program makes several times, so that source has them once.

Calls are compared, not layers. As a person would, a file names several layers that
stand twice in one list, if that makes it shorter; what is alike in distant places only
is written out. Calls that differ in few numbers share a function.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from keyword import iskeyword
from typing import NamedTuple

from netspec.program._call import Call, Expr, Items, Name, Program, walk
from netspec.program.render._code import Code, Use
from netspec.program.render._printer import Layout
from netspec.program.render._templates import Template, skeleton, template
from netspec.program.render._written import Written

OVERHEAD = 4  # lines of a function but its body: head, docstring, two empty ones


class Block(NamedTuple):
    """A call that stands in one place of a file under a name.

    Attributes:
        name: of the function, class or value that makes it.
        call: with the blocks that it uses by name.
        written: how it is written out, if it is.
        numbers: names of those that it is a function of.
        once: whether it stands in one place.
    """

    name: str
    call: Call
    written: Written | None = None
    numbers: tuple[str, ...] = ()
    once: bool = False


class Repeats(NamedTuple):
    """What stands several times in a program.

    Attributes:
        counts: in how many places each call stands, where equal calls are one place.
        twins: calls that stand twice in the arguments of one.
        alike: for calls that stand beside one that differs in numbers alone, or are
            one of many, all calls of the program that do.
    """

    counts: Mapping[Call, int]
    twins: Set[Call]
    alike: Mapping[Call, tuple[Call, ...]]


BLOCK = "block"
DEEP = 20  # columns; what stands further in cannot be read
MANY = 3  # calls that differ in numbers; so many share a function wherever they stand


def fold(
    program: Program,
    layout: Layout,
    free: Callable[[str], bool],
    written: Mapping[str, Written],
) -> tuple[Program, tuple[Block, ...]]:
    """Name the calls of layers that repeat, if the file gets shorter, and others.

    Args:
        program: the program to print.
        layout: prints its calls.
        free: tells whether a name is not taken in the file.
        written: how calls are written out, by target.

    Returns:
        The program with uses of the blocks, and the blocks, each after those it uses.
    """
    quiet = replace(layout, said=set())
    found = _Folder(quiet, written, _repeats(program), free)
    found.rebuilt(program.modules)
    names: dict[Call, str] = {}
    for kind in dict.fromkeys(map(found.kind, found.chosen)):
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


def _repeats(program: Program) -> Repeats:
    """Find what stands several times in a program."""
    whole = program.shared.keys()
    counts: dict[Call, int] = {}
    twins: set[Call] = set()
    forms = Forms()

    def visit(call: Call) -> None:
        inside = [part for part in _arguments(call) if part not in whole]
        own = [skeleton(part, whole) for part in inside if _layers(part) > 1]
        forms.near.update(form for form, times in Counter(own).items() if times > 1)
        for part, times in Counter(inside).items():
            if times > 1:
                twins.add(part)
            if _layers(part) > 1:
                forms.add(part, call, whole)
            new = part not in counts
            counts[part] = counts.get(part, 0) + times
            if new:
                visit(part)

    visit(program.modules)
    return Repeats(counts, twins, forms.alike(whole))


@dataclass
class Forms:
    """Calls by what they have in common, which is all but numbers.

    Attributes:
        calls: of each form, in order, without repetition.
        around: the forms of the calls that these are arguments of.
        near: forms of calls that stand beside another one.
    """

    calls: dict[Expr, dict[Call, None]] = field(default_factory=dict)
    around: dict[Expr, set[Expr]] = field(default_factory=dict)
    near: set[Expr] = field(default_factory=set)

    def add(self, part: Call, owner: Call, whole: Set[Call]) -> None:
        """Take down a call, and the one that it is an argument of."""
        form = skeleton(part, whole)
        self.calls.setdefault(form, {})[part] = None
        self.around.setdefault(form, set()).add(skeleton(owner, whole))

    def alike(self, whole: Set[Call]) -> dict[Call, tuple[Call, ...]]:
        """Return, for each call that may share a function with others, all of them."""
        candidates = {
            form: tuple(calls)
            for form, calls in self.calls.items()
            if len(calls) > 1 and (form in self.near or len(calls) >= MANY)
        }
        functions = {
            form
            for form, calls in candidates.items()
            if template(calls, whole, lambda name: True)
        }
        # What stands in one function alone needs none of its own
        return {
            call: calls
            for form, calls in candidates.items()
            if not (len(self.around[form]) == 1 and self.around[form] <= functions)
            for call in calls
        }


def _layers(call: Call) -> int:
    return sum(isinstance(p, Call | Name) and bool(p.path) for p in walk(call))


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
        repeats: what stands several times in the program.
        free: tells whether a name is not taken in the file.
        names: of the calls that are blocks; None while they are chosen.
        chosen: calls that are blocks, each after those in it.
        blocks: made of these.
        memo: what has become of calls.
        parts: names of those that are blocks, to be read, although they stand once.
    """

    layout: Layout
    written: Mapping[str, Written]
    repeats: Repeats
    free: Callable[[str], bool]
    names: Mapping[Call, str] | None = None
    chosen: list[Call] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    memo: dict[Call, Expr] = field(default_factory=dict)
    parts: dict[Call, str] = field(default_factory=dict)

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
        group = self.repeats.alike.get(call, ())
        if group and self._fold_alike(group):
            return self.memo[call]
        inner = self._inner(call)
        if not self._is_block(call, inner):
            return inner
        written = self.written.get(call.target)
        name = self._named(Block("", inner, written, (), call in self.parts), call)
        return Use((written.use if written else self.layout.use).format(name))

    def _inner(self, call: Call) -> Call:
        kwargs = tuple((name, self.rebuilt(value)) for name, value in call.kwargs)
        return replace(call, args=tuple(map(self.rebuilt, call.args)), kwargs=kwargs)

    def _fold_alike(self, group: tuple[Call, ...]) -> bool:
        """Use one function for calls that differ in numbers, if that is shorter."""
        inner = [*map(self._inner, group)]
        common = template(inner, self.layout.shared.keys(), self.free)
        count = sum(self.repeats.counts[call] for call in group)
        if common is None or not self._is_alike(group[0], common, count):
            return False
        name = self._named(Block("", common.call, None, common.names), group[0])
        for call, values in zip(group, common.values, strict=True):
            taken: tuple[Expr, ...] = (*values, *_given(self.layout.use))
            self.memo[call] = Call(name, taken, path=call.path or name)
        return True

    def _named(self, block: Block, call: Call) -> str:
        """Take a block down, and return its name."""
        name = f"{BLOCK}1" if self.names is None else self.names[call]
        if self.names is None:
            self.chosen.append(call)
        self.blocks.append(block._replace(name=name))
        return name

    def kind(self, call: Call) -> str:
        """Return what blocks like this one are called."""
        written = self.written.get(call.target)
        return written.name if written else self.parts.get(call, BLOCK)

    def _is_alike(self, first: Call, common: Template, count: int) -> bool:
        if self.names is not None:
            return first in self.names
        return first.target not in self.written and self._saves(common.call, count)

    def _is_block(self, call: Call, inner: Call) -> bool:
        if self.names is not None:
            return call in self.names
        if call.target in self.written:
            return True
        if self._is_deep(call, inner):
            self.parts[call] = _key(call)
            return True
        if call not in self.repeats.twins or _layers(call) < 2:
            return False
        return self._saves(inner, self.repeats.counts[call])

    def _is_deep(self, call: Call, inner: Call) -> bool:
        """Tell whether a part that has a name cannot be read where it stands."""
        key = _key(call)
        named = key.isidentifier() and self.free(key) and not iskeyword(key)
        if not named or self.repeats.counts.get(call) != 1:
            return False
        return any(line.startswith(" " * DEEP) for line in self.layout.lines(inner))

    def _saves(self, call: Call, count: int) -> bool:
        """Tell whether a file with a function for a call has fewer lines."""
        size = len(list(self.layout.lines(call, indent=8)))
        return count * size > count + size + OVERHEAD


def _key(call: Call) -> str:
    return call.path.rpartition(".")[2]


def _given(use: str) -> tuple[Code, ...]:
    """Return what each use of a block is given beside numbers."""
    _, _, inside = use.rstrip(")").partition("(")
    return tuple(map(Code, filter(None, inside.split(", "))))
