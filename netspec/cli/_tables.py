"""Tables for a terminal: at most its width, 80 columns on a pipe, unless a column that
breaks had fewer than 8; numbers are never cut.

Rich lays out one row in the time in which this prints fifty, and a model may have
100,000.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

GAP, LEAST = " " * 3, 8


def print_table(
    headers: Sequence[str], rows: Iterable[Sequence[str]], folded: int, right: int
) -> None:
    """Print a table; brackets in its cells are not markup.

    Args:
        headers: headers of the columns.
        rows: one text for each column.
        folded: number of columns, from the left, that break if the table is too wide.
        right: number of columns, from the right, that are aligned to the right.
    """
    console = Console(highlight=False, emoji=False)
    table = [[*map(printable, row)] for row in (headers, *rows)]
    natural = [max(map(_width, column)) for column in zip(*table, strict=True)]
    widths = _fitting(natural, folded, console.width)
    lines = (_lines(row, widths, right, console) for row in table)
    for line in next(lines):
        console.print(Text(line, "bold"), soft_wrap=True)
    rule = "-" if console.options.ascii_only else "─"
    typer.echo(rule * (sum(widths) + len(GAP) * (len(widths) - 1)))
    if len(table) > 1:
        typer.echo("\n".join(line for row in lines for line in row))


def printable(text: str) -> str:
    """Escape what would move the cursor, such as a line break."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _width(cell: str) -> int:
    return len(cell) if cell.isascii() else cell_len(cell)


def _fitting(natural: list[int], folded: int, room: int) -> list[int]:
    """Narrow the widest of the columns that break until all fit into a room."""
    broken, kept = natural[:folded], natural[folded:]
    free = room - sum(kept) - len(GAP) * (len(natural) - 1)
    caps = (cap for cap in range(free, LEAST, -1) if sum(_capped(broken, cap)) <= free)
    return _capped(broken, next(caps, LEAST)) + kept


def _capped(widths: list[int], cap: int) -> list[int]:
    return [min(width, cap) for width in widths]


def _lines(
    row: Sequence[str], widths: list[int], right: int, console: Console
) -> Iterator[str]:
    """Yield the lines of a row: one, unless a cell is wider than its column."""
    cells = [
        _broken(cell, width, console) for cell, width in zip(row, widths, strict=True)
    ]
    left = len(widths) - right
    for line in zip_longest(*cells, fillvalue=""):
        aligned = (
            " " * (width - _width(part)) + part
            if index >= left
            else part + " " * (width - _width(part))
            for index, (part, width) in enumerate(zip(line, widths, strict=True))
        )
        yield GAP.join(aligned).rstrip()


def _broken(cell: str, width: int, console: Console) -> list[str]:
    if _width(cell) <= width:
        return [cell]
    lines = Text(cell).wrap(console, width, overflow="fold")
    return [line.plain.rstrip() for line in lines]
