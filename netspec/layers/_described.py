"""Describe layers for a reader: how each is called, what it takes, and its shapes."""

from __future__ import annotations

import inspect

from netspec.declare import fields_of, meanings_of
from netspec.declare.rules import Json
from netspec.errors import shorten
from netspec.layers._base import Container, Layer
from netspec.layers._elsewhere import elsewhere

ANY = "(*) to itself"


def called(kind: type[Layer]) -> str:
    """Write the parameters of the constructor, without name and initializers."""
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


def said(kind: type[Layer]) -> str:
    """Return what the documentation says before the fields."""
    return inspect.cleandoc(kind.__doc__ or "").partition("\n\nAttributes:")[0]


def shapes_of(kind: type[Layer]) -> str:
    """Return the shapes that a layer reads and gives, on one line."""
    for base in kind.__mro__:
        _, found, stated = inspect.cleandoc(base.__doc__ or "").partition("Shapes: ")
        if found:
            return " ".join(stated.partition("\n\n")[0].split()).rstrip(".")
    inside = "as the layers in it" if issubclass(kind, Container) else "not stated"
    return ANY if kind.pointwise else inside


def described(kind: type[Layer]) -> Json:
    """Return all of it as JSON: name, call, description, fields, shapes, names."""
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
        "call": f"{kind.__name__}{called(kind)}",
        "description": said(kind),
        "fields": fields,
        "shapes": shapes_of(kind),
        "elsewhere": dict(elsewhere().get(kind.__name__, {})),
    }
