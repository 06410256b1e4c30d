"""``netspec layers``: what layers there are, and what others call them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from netspec.cli._options import AsJson
from netspec.declare import Field, fields_of, meanings_of
from netspec.errors import NetspecError, nearest, shorten
from netspec.layers import (
    LAYERS,
    Layer,
    called,
    described,
    elsewhere,
    meant,
    said,
    shapes_of,
)
from netspec.spec import documents

Name = Annotated[
    str | None,
    typer.Argument(metavar="[NAME]", help="One layer, also as another framework says."),
]


def layers(name: Name = None, json: AsJson = False) -> None:
    """List the layers, with fields, shapes and what other frameworks call them."""
    chosen = [LAYERS[n] for n in ([*LAYERS] if name is None else find(name))]
    if json:
        typer.echo(documents.to_json([*map(described, chosen)]), nl=False)
        return
    for kind in chosen:
        typer.echo(_line(kind) if name is None else _page(kind))


def find(name: str) -> list[str]:
    """Return the layers that are meant by a name: ours, whatever its case, or that of
    another framework.

    Raises:
        NetspecError: none is; says what is nearest.
    """
    ours = [own for own in LAYERS if own.lower() == name.lower()]
    if found := ours or [own for own in meant(name) if own in LAYERS]:
        return found
    hint = LAYERS.translate(name) or nearest(name, LAYERS)
    raise NetspecError(f"unknown layer {shorten(name)}{hint}")


def _line(kind: type[Layer]) -> str:
    """Format a layer on two lines: how it is called, and its names elsewhere."""
    name = typer.style(kind.__name__, bold=True)
    return f"{name}{called(kind)}\n    {shapes_of(kind)}{_listed(_names(kind))}"


def _listed(names: Mapping[str, str]) -> str:
    said = ", ".join(f"{framework} {name}" for framework, name in names.items())
    return f"; {said}" if said else ""


def _page(kind: type[Layer]) -> str:
    head = typer.style(f"{kind.__name__}{called(kind)}", bold=True)
    fields = [_field(kind, n, f) for n, f in fields_of(kind).items()]
    names = [f"  {framework:<8}{name}" for framework, name in _names(kind).items()]
    parts = [
        f"{head}\n\n{said(kind)}",
        "\n".join(["Fields", *fields]),
        f"Shapes\n  {shapes_of(kind)}",
        "\n".join(["Elsewhere", *(names or ["  nothing like it"])]),
    ]
    return "\n\n".join(parts) + "\n"


def _field(kind: type[Layer], name: str, field: Field[Any, Any]) -> str:
    default = "" if field.required else f" (default {shorten(field.default)})"
    meaning = meanings_of(kind).get(name, "")
    return f"  {name}: {field.rule.must}{default}" + f"\n      {meaning}" * bool(
        meaning
    )


def _names(kind: type[Layer]) -> Mapping[str, str]:
    return elsewhere().get(kind.__name__, {})
