"""``netspec layers``: what layers there are, and what others call them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from netspec.cli._options import AsJson
from netspec.declare import Field, fields_of, meanings_of
from netspec.errors import NetspecError, nearest, shorten
from netspec.layers import LAYERS, Container, Layer, elsewhere, meant
from netspec.spec import documents

Name = Annotated[
    str | None,
    typer.Argument(metavar="[NAME]", help="One layer, also as another framework says."),
]
ANY = "(*) to itself"


def layers(name: Name = None, json: AsJson = False) -> None:
    """List the layers, with fields, shapes and what other frameworks call them."""
    chosen = [LAYERS[n] for n in ([*LAYERS] if name is None else find(name))]
    if json:
        typer.echo(documents.to_json([*map(_document, chosen)]), nl=False)
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
    called = f"{typer.style(kind.__name__, bold=True)}{_signature(kind)}"
    return f"{called}\n    {_shapes(kind)}{_listed(_names(kind))}"


def _listed(names: Mapping[str, str]) -> str:
    said = ", ".join(f"{framework} {name}" for framework, name in names.items())
    return f"; {said}" if said else ""


def _page(kind: type[Layer]) -> str:
    head = typer.style(f"{kind.__name__}{_signature(kind)}", bold=True)
    fields = [_field(kind, n, f) for n, f in fields_of(kind).items()]
    names = [f"  {framework:<8}{name}" for framework, name in _names(kind).items()]
    parts = [
        f"{head}\n\n{_said(kind)}",
        "\n".join(["Fields", *fields]),
        f"Shapes\n  {_shapes(kind)}",
        "\n".join(["Elsewhere", *(names or ["  nothing like it"])]),
    ]
    return "\n\n".join(parts) + "\n"


def _field(kind: type[Layer], name: str, field: Field[Any, Any]) -> str:
    default = "" if field.required else f" (default {shorten(field.default)})"
    meaning = meanings_of(kind).get(name, "")
    return f"  {name}: {field.rule.must}{default}" + f"\n      {meaning}" * bool(
        meaning
    )


def _signature(kind: type[Layer]) -> str:
    """Write how the constructor is called, without name and initializers."""
    fields = fields_of(kind)
    taken = inspect.signature(kind).parameters.items()
    own = {n: p for n, p in taken if n not in kind.trailing}
    placed = [n for n, p in own.items() if p.kind is p.POSITIONAL_OR_KEYWORD]
    written = {
        n: n if fields[n].required else f"{n}={shorten(fields[n].default)}" for n in own
    }
    named = [text for n, text in written.items() if n not in placed]
    star = ["*"] if named else []
    return f"({', '.join([*(written[n] for n in placed), *star, *named])})"


def _said(kind: type[Layer]) -> str:
    """Return what the documentation says before the fields."""
    return inspect.cleandoc(kind.__doc__ or "").partition("\n\nAttributes:")[0]


def _shapes(kind: type[Layer]) -> str:
    """Return the shapes that it reads and gives, on one line."""
    for base in kind.__mro__:
        _, found, said = inspect.cleandoc(base.__doc__ or "").partition("Shapes: ")
        if found:
            return " ".join(said.partition("\n\n")[0].split()).rstrip(".")
    inside = "as the layers in it" if issubclass(kind, Container) else "not stated"
    return ANY if kind.pointwise else inside


def _names(kind: type[Layer]) -> Mapping[str, str]:
    return elsewhere().get(kind.__name__, {})


def _document(kind: type[Layer]) -> dict[str, Any]:
    meanings = meanings_of(kind)
    fields = {
        name: {
            "must": field.rule.must,
            "required": field.required,
            "meaning": meanings.get(name, ""),
        }
        | ({} if field.required else {"default": field.rule.encode(field.default)})
        for name, field in fields_of(kind).items()
    }
    return {
        "name": kind.__name__,
        "call": f"{kind.__name__}{_signature(kind)}",
        "description": _said(kind),
        "fields": fields,
        "shapes": _shapes(kind),
        "elsewhere": dict(_names(kind)),
    }
