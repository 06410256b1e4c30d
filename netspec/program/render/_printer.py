"""Print expressions as source, laid out as a formatter does: on one line if it fits,
else one entry per line with a trailing comma.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from textwrap import wrap

from netspec.program._call import Call, Expr, Items, Name
from netspec.program.render._code import Code, uses_block
from netspec.program.render._numbers import number
from netspec.program.render._runs import Run, runs

WIDTH = 88


@dataclass(frozen=True)
class Group:
    """Entries between an opening and a closing text, separated by commas.

    Attributes:
        opening: such as ``"nn.Linear("``.
        entries: pairs of a prefix, ``"stride="`` or ``""``, and a value.
        closing: such as ``")"``.
    """

    opening: str
    entries: tuple[tuple[str, Expr], ...]
    closing: str


@dataclass(frozen=True)
class Layout:
    """A printer of expressions.

    Attributes:
        spell: returns how source refers to a target such as ``"torch.nn:Linear"``.
        shared: calls that source refers to by a name.
        width: longest line, in characters.
        said: comments already printed; each is printed once.
        use: how a block of layers is used, with its name for ``{}``.
        repeated: an entry of a call that is made several times, as one entry: with
            what makes it, and how often.
        alternating: several entries that are, one after the other.
    """

    spell: Callable[[str], str]
    shared: Mapping[Call, str] = field(default_factory=dict)
    width: int = WIDTH
    said: set[str] = field(default_factory=set)
    use: str = "{}()"
    repeated: str = "*[{} for _ in range({})]"
    alternating: str = "*[layer for _ in range({1}) for layer in ({0})]"

    def lines(
        self,
        expr: Expr,
        before: str = "",
        after: str = "",
        *,
        indent: int = 0,
        explode: bool = False,
    ) -> Iterator[str]:
        """Yield the lines of an expression with its comments, between two texts.

        Args:
            expr: the expression to print.
            before: text before it on its first line, such as ``"return "``.
            after: text after it on its last line.
            indent: number of spaces before each line.
            explode: give each entry its own line even if all would fit on one.
        """
        margin = " " * indent
        group = self._group(expr)
        flat = f"{margin}{before}{self.flat(expr)}{after}"
        if not group.entries or (len(flat) <= self.width and not explode):
            yield from self._say(self._comments(expr), margin)
            yield flat
            return
        yield from self._say([self._comment(expr)], margin)
        yield f"{margin}{before}{group.opening}"
        for run in runs(group.entries):
            yield from self._run_lines(run, indent + 4)
        yield f"{margin}{group.closing}{after}"

    def _run_lines(self, run: Run, indent: int) -> Iterator[str]:
        if run.times > 1:  # what stands once is written once: nets are deep
            text = f"{' ' * indent}{self._run(run)},"
            if len(text) <= self.width:
                for _, value in run.entries:
                    yield from self._say(self._comments(value), " " * indent)
                yield text
                return
            if self._pays(run, indent):
                yield from self._loop(run, indent)
                return
        for name, value in run.entries * run.times:
            yield from self.lines(value, name, ",", indent=indent)

    def _pays(self, run: Run, indent: int) -> bool:
        """Tell whether a loop over several lines is shorter."""
        (_, value), *others = run.entries
        once = [*replace(self, said=set(self.said)).lines(value, indent=indent + 4)]
        return not others and run.times * len(once) > len(once) + 3

    def _loop(self, run: Run, indent: int) -> Iterator[str]:
        """Yield the lines of entries made in a loop, which one line does not hold."""
        margin, (opening, closing) = " " * indent, self.repeated.split("{}", 1)
        inside, _, behind = closing.format(run.times).partition("]")
        yield f"{margin}{opening}"
        after = "" if inside else ","
        ((_, value),) = run.entries
        yield from self.lines(value, after=after, indent=indent + 4)
        if inside:
            yield f"{margin}    {inside.strip()}"
        yield f"{margin}]{behind},"

    def _run(self, run: Run) -> str:
        texts = [name + self.flat(value) for name, value in run.entries]
        form = self.repeated if len(texts) == 1 else self.alternating
        text = ", ".join(texts)
        return form.format(text, run.times) if run.times > 1 else text

    def flat(self, expr: Expr) -> str:
        """Print an expression on one line, without its comments."""
        group = self._group(expr)
        entries = ", ".join(map(self._run, runs(group.entries)))
        comma = "," if isinstance(expr, tuple) and len(expr) == 1 else ""
        return f"{group.opening}{entries}{comma}{group.closing}"

    def _group(self, expr: Expr) -> Group:
        if isinstance(expr, Call):
            name = self.shared.get(expr)
            return Group(name, (), "") if name else self._call(expr)
        if isinstance(expr, Name):
            return Group(self.spell(expr.target), (), "")
        if isinstance(expr, Items):
            return Group("[", _unnamed(expr.values), "]")
        if isinstance(expr, tuple):
            return Group("(", _unnamed(expr), ")")
        return Group(self._atom(expr), (), "")

    def _atom(self, value: Expr) -> str:
        if isinstance(value, Code):
            return value
        if isinstance(value, str):
            return _quoted(value)
        return number(value, self.spell) if isinstance(value, float) else repr(value)

    def _call(self, call: Call) -> Group:
        named = tuple((f"{name}=", value) for name, value in call.kwargs)
        if not call.target.startswith("."):
            entries = (*_unnamed(call.args), *named)
            own = uses_block(call)
            return Group(
                f"{call.target if own else self.spell(call.target)}(", entries, ")"
            )
        owner, *args = call.args
        entries = (*_unnamed(tuple(args)), *named)
        if not isinstance(owner, Call):
            return Group(f"{self.flat(owner)}{call.target}(", entries, ")")
        # nn.Sequential(...).double(): only the arguments of Sequential get lines
        inner = self._group(owner)
        given = ", ".join(name + self.flat(value) for name, value in entries)
        return replace(inner, closing=f"{inner.closing}{call.target}({given})")

    def _comments(self, expr: Expr) -> Iterator[str]:
        yield self._comment(expr)
        for _, value in self._group(expr).entries:
            yield from self._comments(value)

    def _comment(self, expr: Expr) -> str:
        if isinstance(expr, Call) and expr not in self.shared:
            return expr.comment
        return ""

    def _say(self, comments: Iterator[str] | list[str], margin: str) -> Iterator[str]:
        for comment in comments:
            if comment and comment not in self.said:
                self.said.add(comment)
                width = max(self.width - len(margin) - 2, 24)
                yield from (f"{margin}# {line}" for line in wrap(comment, width))


def _unnamed(values: tuple[Expr, ...]) -> tuple[tuple[str, Expr], ...]:
    return tuple(("", value) for value in values)


def _quoted(text: str) -> str:
    # repr uses double quotes only where the text holds a single one
    return repr(text) if '"' in text else '"' + repr("'" + text)[2:]
