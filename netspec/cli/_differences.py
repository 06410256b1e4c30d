"""``netspec differences``: what is known to differ between frameworks."""

from __future__ import annotations

from collections.abc import Collection
from textwrap import TextWrapper
from typing import Annotated, Any

import typer

from netspec.cli._options import AsJson
from netspec.declare import encode
from netspec.differences import Difference, entries
from netspec.errors import NetspecError, nearest, shorten
from netspec.spec import documents

Frameworks = Annotated[
    list[str] | None,
    typer.Argument(metavar="[FRAMEWORK]...", help="Only what concerns all of these."),
]
OfLayer = Annotated[
    str | None,
    typer.Option(metavar="LAYER", help="Only one layer, or a topic: optimizers."),
]

WRAPPED = TextWrapper(80, initial_indent=4 * " ", subsequent_indent=6 * " ")


def differences(
    frameworks: Frameworks = None, layer: OfLayer = None, json: AsJson = False
) -> None:
    """List the known differences; `netspec explain ID` shows one at work."""
    asked = frameworks or []
    for framework in asked:
        _check("framework", framework, {n for e in entries() for n in e.witness})
    if layer is not None:
        _check("layer or topic", layer, {name for e in entries() for name in e.about})
    chosen = [
        entry
        for entry in entries()
        if set(asked) <= set(entry.witness) and layer in (None, *entry.about)
    ]
    if json:
        typer.echo(documents.to_json([*map(_document, chosen)]), nl=False)
        return
    for entry in chosen:
        typer.echo(_lines(entry))
    if not chosen:
        typer.echo("none is known")


def _check(noun: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise NetspecError(
            f"no difference is known for the {noun} {shorten(name)}"
            f"{nearest(name, dict.fromkeys(known))}"
        )


def _lines(entry: Difference) -> str:
    """Format an entry on two lines, or three where its title is long.

    A table with titles beside ids would not fit a terminal.
    """
    first, *more = entry.about
    named = typer.style(f"{entry.id:<40}", bold=True)
    frameworks = " ".join(entry.witness)
    about = f"{first}, ..." if more else first
    title = WRAPPED.fill(f"{about}: {entry.title}")
    return f"{named}{frameworks:<20} {entry.handling}\n{title}"


def _document(entry: Difference) -> dict[str, Any]:
    told = {"frameworks": entry.frameworks, "devices": [*entry.devices]}
    return encode(entry) | told
