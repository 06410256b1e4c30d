"""``netspec backends``: what is installed here."""

from __future__ import annotations

from dataclasses import asdict

import typer

from netspec import text
from netspec.backend import Availability
from netspec.backend import backends as find
from netspec.cli.options import AsJson
from netspec.cli.tables import print_table

HEADERS = ("backend", "needs", "installed", "to install, run")


def backends(json: AsJson = False) -> None:
    """List the backends: what each needs, and how to install what is missing."""
    found = find()
    if json:
        document = {
            name: asdict(state) | {"installed": state.installed}
            for name, state in found.items()
        }
        typer.echo(text.to_json(document), nl=False)
        return
    print_table(HEADERS, map(_row, found.values()), folded=0, right=0)


def _row(state: Availability) -> tuple[str, ...]:
    installed = state.version or ("yes" if state.installed else "no")
    return state.name, state.requirement or "", installed, state.hint or ""
