"""Print columns on a terminal: side by side if it is wide enough, else stacked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import indent, wrap

from rich import box
from rich.table import Table
from rich.text import Text

from netspec.cli.side_by_side._columns import AlignedRow, Columns

WIDTH = 160
NARROWEST = 26  # least width in which source reads well
GAP = 2

Cells = tuple[str, ...]


def render_table(columns: Columns, width: int = WIDTH) -> Table:
    """Make a table for rich to print: a column for each framework or, if these would be
    too narrow, a line for each.

    Args:
        columns: what to show.
        width: the most that the table may take.
    """
    headers = ("path", "layer", *columns.backends)
    rows, last = (list(map(_beside, rows)) for rows in (columns.rows, _last(columns)))
    wanted = _wanted([headers, *rows])
    widths = fit([wanted, _wanted([headers, *rows, *last])], width)
    readable = (min(wish, NARROWEST) for wish in wanted)
    if all(got >= need for got, need in zip(widths, readable, strict=True)):
        return _table(headers, [*rows, *last], widths)
    headers = ("layer", "")
    rows = [cells for row in (*columns.rows, *_last(columns)) for cells in _below(row)]
    return _table(headers, rows, fit([_wanted(rows)], width))


def _last(columns: Columns) -> Iterator[AlignedRow]:
    if any(columns.first_weights.values()):
        yield AlignedRow("", "", 0, dict.fromkeys(columns.backends, ""))
        yield AlignedRow("", "first weights", 0, columns.first_weights)


def _beside(row: AlignedRow) -> Cells:
    """Return a layer with all its sources as one row."""
    texts = (row.layer, *row.sources.values())
    return row.path, *(indent(text, "  " * row.depth) for text in texts)


def _below(row: AlignedRow) -> Iterator[Cells]:
    """Yield a layer, and each of its sources, as a row."""
    yield row.path, row.layer
    for name, source in row.sources.items():
        if source:
            yield f"  {name}", source


def _wanted(rows: Sequence[Cells]) -> list[int]:
    return [max(map(_width, column)) for column in zip(*rows, strict=True)]


def _width(cell: str) -> int:
    lines = cell.splitlines()
    return max((len(line) for line in lines if not _is_comment(line)), default=0)


def fit(wishes: Sequence[Sequence[int]], width: int) -> list[int]:
    """Return widths of columns that fit between the gaps of a table.

    Args:
        wishes: width that each column wants, and then what it wants if there is room
            left.
        width: width of the table.
    """
    widths = [0] * len(wishes[0])
    for wanted in wishes:
        room = width - GAP * (len(widths) - 1) - sum(widths)
        more = [max(wish - held, 0) for wish, held in zip(wanted, widths, strict=True)]
        shared = zip(widths, share(more, room), strict=True)
        widths = [held + added for held, added in shared]
    return widths


def share(wanted: Sequence[int], room: int) -> list[int]:
    """Return widths that fit into a room: narrow columns get what they want, and wide
    ones equal parts of the rest.
    """
    widths = dict.fromkeys(range(len(wanted)), 0)
    by_width = sorted(widths, key=wanted.__getitem__)
    for left, column in zip(range(len(wanted), 0, -1), by_width, strict=True):
        widths[column] = min(wanted[column], max(room, 0) // left)
        room -= widths[column]
    return list(widths.values())


def _table(headers: Cells, rows: Iterable[Cells], widths: Sequence[int]) -> Table:
    padding = (0, GAP - 1, 0, 0)  # the line between columns, a space, is added
    table = Table(box=box.SIMPLE_HEAD, padding=padding, pad_edge=False, show_edge=False)
    for header, width in zip(headers, widths, strict=True):
        table.add_column(Text(header), width=width, overflow="fold")
    for row in rows:
        pairs = zip(row, widths, strict=True)
        table.add_row(*(Text("\n").join(_fold(*pair)) for pair in pairs))
    return table


def _fold(cell: str, width: int) -> Iterator[Text]:
    """Yield the lines of a cell; what continues a line stands further in."""
    for line in cell.splitlines():
        text = line.lstrip()
        margin = " " * (len(line) - len(text))
        if _is_comment(line):
            folded = wrap(text.removeprefix("# "), max(width - len(margin) - 2, 12))
            yield from (Text(f"{margin}# {part}", style="dim") for part in folded)
        else:
            yield from map(Text, _fold_code(text, margin, width))


def _fold_code(text: str, margin: str, width: int) -> Iterator[str]:
    """Yield lines that end at spaces or, if these would be too long, at parentheses."""
    further = margin + " " * (8 if text.endswith(":") else 4)
    line = margin
    for word in re.split(r"(?<= )", text):
        fits = len(further + word) <= width
        for part in [word] if fits else re.split(r"(?<=\()", word):
            if line.strip() and len(line + part.rstrip()) > width:
                yield line
                line = further
            line += part
    yield line


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")
