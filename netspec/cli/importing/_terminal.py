"""What came in, on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from netspec.cli._tables import print_table, printable
from netspec.cli.importing._said import HEADERS, said_of

if TYPE_CHECKING:
    from netspec.importing import Imported

MOST_NAMES = 20


def show(found: Imported, source: Sequence[str]) -> None:
    """Print what came in, what it was called, and what is lost."""
    said = said_of(found, source)
    typer.echo(f"{printable(said.title)}\n{said.facts}\n")
    names = [*found.names.items()]
    print_table(HEADERS, names[:MOST_NAMES], folded=2, right=0)
    if more := len(names[MOST_NAMES:]):
        typer.echo(f"... and {more} more, which the file and the report have")
    for header, lines in said.lists.items():
        typer.echo(f"\n{header}:")
        for line in lines:
            typer.echo(f"  {printable(line)}")
