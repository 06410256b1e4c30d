"""``netspec backends``: what is installed here."""

from __future__ import annotations

from dataclasses import asdict

import typer

from netspec.cli._options import AsJson
from netspec.cli._tables import print_table
from netspec.contract import Availability
from netspec.contract import backends as find
from netspec.spec import documents

HEADERS = ("backend", "needs", "installed", "to install, run")


def backends(json: AsJson = False) -> None:
    """List the backends: what each needs, and how to install what is missing."""
    found = find()
    if json:
        document = {
            name: asdict(state) | {"installed": state.installed}
            for name, state in found.items()
        }
        typer.echo(documents.to_json(document), nl=False)
        return
    print_table(HEADERS, map(_row, found.values()), folded=0, right=0)


def _row(state: Availability) -> tuple[str, ...]:
    installed = state.version or ("yes" if state.installed else "no")
    return state.name, state.requirement or "", installed, state.hint or ""
