"""``netspec differences``: what is known to differ between frameworks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from textwrap import TextWrapper
from typing import Annotated, Any

import typer

from netspec.cli._options import AsJson
from netspec.cli._pager import show
from netspec.declare import encode
from netspec.differences import (
    LEVELS,
    Difference,
    entries,
    groups,
    record,
    topics,
    touched,
)
from netspec.errors import NetspecError, nearest, shorten
from netspec.spec import documents, load

Frameworks = Annotated[
    list[str] | None,
    typer.Argument(metavar="[FRAMEWORK]...", help="Only what concerns all of these."),
]
OfLayer = Annotated[
    str | None,
    typer.Option(metavar="LAYER", help="Only one layer, or a topic: optimizers."),
]
OfGroup = Annotated[
    str | None, typer.Option(metavar="GROUP", help="Only one group: batchnorm.")
]
OfLevel = Annotated[
    str | None, typer.Option(metavar="LEVEL", help=f"Only {', '.join(LEVELS)}.")
]
OfSpec = Annotated[
    str | None,
    typer.Option(metavar="SPEC", help="Only what is about a layer of this model."),
]
Record = Annotated[
    bool,
    typer.Option(
        "--record",
        help="Run all and write what they give, into netspec's own folder: what"
        " explain shows where a framework is missing.",
    ),
]

WRAPPED = TextWrapper(80, initial_indent=4 * " ", subsequent_indent=6 * " ")
MOST_PATHS = 6
Paths = Mapping[Difference, tuple[str, ...]]


def differences(
    frameworks: Frameworks = None,
    layer: OfLayer = None,
    group: OfGroup = None,
    level: OfLevel = None,
    spec: OfSpec = None,
    json: AsJson = False,
    recording: Record = False,
) -> None:
    """List the known differences; `netspec explain ID` shows one at work."""
    if recording:
        for path in record():
            typer.echo(f"wrote {path}")
        return
    asked = frameworks or []
    for framework in asked:
        _check("framework", framework, {n for e in entries() for n in e.witness})
    _check("layer or topic", layer, topics())
    _check("group", group, groups())
    _check("level", level, LEVELS)
    chosen = [
        entry
        for entry in (entries() if group is None else groups()[group])
        if set(asked) <= set(entry.witness)
        and layer in (None, *entry.about)
        and level in (None, entry.level)
    ]
    paths = dict.fromkeys(chosen, ()) if spec is None else touched(load(spec), chosen)
    if json:
        listed = [_document(entry, paths[entry]) for entry in paths]
        typer.echo(documents.to_json(listed), nl=False)
        return
    show("\n\n".join(_grouped(paths)) or "none is known")


def _check(noun: str, name: str | None, known: Collection[str]) -> None:
    if name is not None and name not in known:
        raise NetspecError(
            f"no difference is known for the {noun} {shorten(name)}"
            f"{nearest(name, dict.fromkeys(known))}"
        )


def _grouped(paths: Paths) -> Iterable[str]:
    """Yield the entries of each group below its name."""
    for name, held in groups().items():
        if found := [entry for entry in held if entry in paths]:
            head = typer.style(f"# {name} ({len(found)})", dim=True)
            yield "\n".join([head, *(_lines(e, paths[e]) for e in found)])


def _lines(entry: Difference, paths: tuple[str, ...]) -> str:
    """Format an entry on two lines, or more where its title is long.

    A table with titles beside ids would not fit a terminal.
    """
    first, *more = entry.about
    named = typer.style(f"{entry.id:<40}", bold=True)
    frameworks = " ".join(entry.witness)
    about = f"{first}, ..." if more else first
    level = "" if entry.level == LEVELS[-1] else f" ({entry.level})"
    title = WRAPPED.fill(f"{about}: {entry.title}{level}")
    touching = [_listed(paths), entry.advice] if paths else []
    where = "".join(f"\n{WRAPPED.fill(line)}" for line in touching)
    return f"{named}{frameworks:<20} {entry.handling}\n{title}{where}"


def _listed(paths: tuple[str, ...]) -> str:
    more = len(paths) - MOST_PATHS
    rest = [f"and {more} more"] if more > 0 else []
    return f"at {', '.join([*paths[:MOST_PATHS], *rest])}"


def _document(entry: Difference, paths: tuple[str, ...]) -> dict[str, Any]:
    told = {"frameworks": entry.frameworks, "devices": [*entry.devices]}
    return encode(entry) | told | {"level": entry.level, "paths": [*paths]}
