"""Statements of Keras's functional API: each applies a layer to a tensor."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from netspec.program import Call, Expr, Items
from netspec.program.render import Code, Layout, Run, runs, uses_block
from netspec_keras._calls import CHAIN, JOIN, STEPS, USE, WIRE, inside

RETURN = "return"
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Body:
    """Writes the statements of a function.

    Attributes:
        layout: prints calls.
        taken: names that mean something else in it.
        live: variables that are still to be read.
        indent: of the statements.
    """

    layout: Layout
    taken: frozenset[str]
    live: frozenset[str] = NOTHING
    indent: int = 4

    def lines(self, made: Expr, read: str, write: str) -> Iterator[str]:
        """Yield the statements that apply layers.

        Args:
            made: says which, and how; see `netspec_keras._calls`.
            read: the variable that they are applied to.
            write: the variable that gets the result, or `RETURN`.
        """
        if not isinstance(made, Call):  # a block without numbers
            name, _, _ = str(made).partition("(")
            yield self._text(f"{_before(write)}{name}({read})")
        elif made.target in (CHAIN, STEPS):
            yield from self._chain(inside(made), read, write)
        elif made.target == JOIN:
            yield from self._join(made, read, write)
        elif made.target == WIRE:
            yield from self._wire(inside(made), read, write)
        elif uses_block(made):
            given = replace(made, args=(Code(read), *made.args[:-1]))
            yield from self._call(given, write, "")
        elif made.target == USE:
            layer, times = made.args
            texts = [read] * int(str(times))
            texts += [f"{k}={self.layout.flat(value)}" for k, value in made.kwargs]
            yield from self._call(layer, write, f"({', '.join(texts)})")
        else:
            yield from self._call(made, write, f"({read})")

    def _call(self, layer: Expr, write: str, after: str) -> Iterator[str]:
        return self.layout.lines(layer, _before(write), after, indent=self.indent)

    def _text(self, text: str) -> str:
        return " " * self.indent + text

    def _chain(self, parts: Sequence[Expr], read: str, write: str) -> Iterator[str]:
        found = [*runs(tuple(("", part) for part in parts))]
        own = _variable(read, write)
        for index, run in enumerate(found):
            last = index == len(found) - 1
            if run.times == 1:
                ((_, part),) = run.entries
                yield from self.lines(part, read, write if last else own)
            else:
                yield from self._loop(run, read, own)
            read = own
        if run.times > 1 and write == RETURN:
            yield self._text(f"return {own}")

    def _loop(self, run: Run, read: str, own: str) -> Iterator[str]:
        if read != own:
            yield self._text(f"{own} = {read}")
        yield self._text(f"for _ in range({run.times}):")
        inner = replace(self, indent=self.indent + 4)
        for _, part in run.entries:
            yield from inner.lines(part, own, own)

    def _join(self, made: Call, read: str, write: str) -> Iterator[str]:
        held: Any = made.args
        merge, branches, names = held
        own, values = self._with(read), []
        for name, branch in zip(names, branches.values, strict=True):
            if branch is None:
                values.append(read)
                continue
            variable = own.fresh(name)
            own = own._with(variable)
            yield from own.lines(branch, read, variable)
            values.append(variable)
        yield from self._merged(merge, values, write)

    def _wire(self, nodes: Sequence[Any], read: str, write: str) -> Iterator[str]:
        own, names = self._with(read), {"input": read}
        for index, (name, branch, reads, merge) in enumerate(nodes):
            last = index == len(nodes) - 1
            variable = write if last else own.fresh(name)
            source = names[reads[0]]
            if merge is not None:
                source = _variable(own.fresh(name), variable)
                yield from own._merged(merge, [names[key] for key in reads], source)
            own = own if last else own._with(variable)
            yield from own.lines(branch, source, variable)
            names[name] = variable

    def _merged(self, merge: Call, values: list[str], write: str) -> Iterator[str]:
        read = ", ".join(values)
        lines = [*self._call(merge, write, f"([{read}])")]
        if all(len(line) <= self.layout.width for line in lines):
            yield from lines
            return
        yield self._text(f"{_before(write)}{self.layout.flat(merge)}(")
        inner = self.indent + 4
        yield from self.layout.lines(Items(tuple(map(Code, values))), indent=inner)
        yield self._text(")")

    def _with(self, *variables: str) -> Body:
        return replace(self, live=self.live | {*variables})

    def fresh(self, name: str) -> str:
        """Return a variable that nothing else needs, like a name."""
        barred = self.taken | self.live | {*keyword.kwlist, *vars(builtins)}
        number, found = 1, name
        while found in barred:
            number += 1
            found = f"{name}{number}"
        return found


def _before(write: str) -> str:
    return "return " if write == RETURN else f"{write} = "


def _variable(read: str, write: str) -> str:
    """Return the variable of what comes before the last layer."""
    if write == RETURN:
        return read
    return "x" if write == "outputs" else write
