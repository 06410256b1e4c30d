"""Tables for a terminal: at most its width, 80 columns on a pipe, numbers never cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text


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
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for index, header in enumerate(headers):
        table.add_column(
            header,
            overflow="fold",
            no_wrap=index >= folded,
            justify="right" if index >= len(headers) - right else "left",
        )
    for row in rows:
        table.add_row(*map(Text, row))
    Console(highlight=False, emoji=False).print(table)
