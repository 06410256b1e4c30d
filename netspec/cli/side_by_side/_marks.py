"""Color the source of columns, and mark the arguments that make a known difference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple

from markupsafe import Markup

from netspec.cli.side_by_side._columns import AlignedRow, Columns
from netspec.differences import Difference, topics
from netspec.site import mentioned, natives, pieces, samples

NAMED = re.compile(r"\b[a-z_]\w*(?==(?!=))")  # an argument of a call


class Line(NamedTuple):
    """A line of source.

    Attributes:
        margin: columns that it stands further in.
        html: what it says, colored and marked.
        is_comment: whether it is one.
    """

    margin: int
    html: Markup
    is_comment: bool


class Cell(NamedTuple):
    """What a framework makes of a layer.

    Attributes:
        source: its text, to be copied.
        lines: the same, to be read.
        defaults: arguments that the call leaves to their defaults, and which make a
            difference.
    """

    source: str
    lines: tuple[Line, ...]
    defaults: Markup


@dataclass
class Marker:
    """Marks arguments, and keeps which entries they lead to.

    Attributes:
        kinds: name of the type of each layer by path.
        entries: what was marked, by id, in order.
    """

    kinds: Mapping[str, str]
    entries: dict[str, Difference] = field(default_factory=dict)

    def cells(self, row: AlignedRow) -> dict[str, Cell]:
        """Return the sources of a row, by backend."""
        return {name: self._cell(row, name) for name in row.sources}

    def plain(self, source: str) -> Cell:
        """Return a source without marks."""
        return Cell(source, tuple(self._lines(source, "", ())), Markup())

    def _cell(self, row: AlignedRow, name: str) -> Cell:
        source, kind = row.sources[name], self.kinds.get(row.path, "")
        about = topics().get(kind, ())
        lines = tuple(self._lines(source, name, about))
        return Cell(source, lines, self._defaults(source, kind, name, about))

    def _lines(
        self, source: str, framework: str, about: Iterable[Difference]
    ) -> Iterator[Line]:
        for text in source.splitlines():
            code = text.lstrip()
            html = "".join(
                self._piece(kind, part, framework, about) for kind, part in pieces(code)
            )
            yield Line(len(text) - len(code), Markup(html), code.startswith("#"))  # noqa: S704

    def _piece(
        self, kind: str, text: str, framework: str, about: Iterable[Difference]
    ) -> str:
        if kind in ("", "c"):
            html = "".join(
                self._mark(part, framework, about) if named else escape(part)
                for part, named in _split(text)
            )
        else:
            html = escape(text)
        return f"<i class={kind}>{html}</i>" if kind else html

    def _defaults(
        self, source: str, kind: str, framework: str, about: Iterable[Difference]
    ) -> Markup:
        """Write out the defaults of what is called that make a difference."""
        sample, known = samples().get(kind), natives().get(framework)
        native = known and sample and known.layer(kind, sample)
        written = set(NAMED.findall(source))
        left = {
            name: default
            for name, default in (native.signature if native else {}).items()
            if default and name not in written and name not in ("dtype", "rngs")
        }
        marked = (
            f"{self._mark(name, framework, about)}={escape(default)}"
            for name, default in left.items()
            if mentioned(name, framework, about)
        )
        return Markup(", ".join(marked))  # noqa: S704

    def _mark(self, name: str, framework: str, about: Iterable[Difference]) -> str:
        entry = mentioned(name, framework, about)
        if entry is None:
            return escape(name)
        self.entries[entry.id] = entry
        title = escape(entry.title, quote=True)
        return f'<a href="#{entry.id}" title="{title}">{escape(name)}</a>'


def marker(columns: Columns) -> Marker:
    """Make what marks the rows of these columns."""
    nodes = columns.spec.graph.walk()
    return Marker({node.path: type(node.layer).__name__ for node in nodes})


def _split(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a text, and whether they name an argument."""
    start = 0
    for found in NAMED.finditer(text):
        yield text[start : found.start()], False
        yield found[0], True
        start = found.end()
    yield text[start:], False
