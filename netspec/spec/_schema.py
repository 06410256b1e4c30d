"""The JSON Schema of a spec, put together from the rules of the fields."""

from __future__ import annotations

from typing import Any

from netspec.declare import Declared, Field, Registry, fields_of, meanings_of
from netspec.init import INITIALIZERS, InitPolicy, InitRule
from netspec.layers import LAYERS, Node
from netspec.spec._spec import FORMAT, Spec

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Make the JSON Schema (2020-12) of the documents that `Spec.from_dict` reads, with
    all registered layers. Rules that depend on shapes are checked by `Spec` alone.

    Example:
        >>> json_schema()["properties"]["netspec"]
        {'const': 1}
    """
    spec = _object(Spec)
    spec["properties"] = {"netspec": {"const": FORMAT}} | spec["properties"]
    spec["required"] = ["netspec", *spec["required"]]
    families: tuple[Registry[Any], ...] = (LAYERS, INITIALIZERS)
    definitions = {
        name: _object(registry[name], tag=name)
        for registry in families
        for name in registry
    }
    choices = {
        registry.noun: {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in registry]}
        for registry in families
    }
    plain = {kind.__name__: _object(kind) for kind in (InitPolicy, InitRule, Node)}
    title = {"$schema": DIALECT, "title": "netspec model spec"}
    return title | spec | {"$defs": choices | plain | definitions}


def _object(kind: type[Declared], tag: str | None = None) -> dict[str, Any]:
    fields = fields_of(kind)
    meanings = meanings_of(kind)
    properties = {
        name: field.rule.schema | _told(field, meanings.get(name, ""))
        for name, field in fields.items()
    }
    required = [name for name, field in fields.items() if field.required]
    if tag:
        properties = {"type": {"const": tag}} | properties
        required = ["type", *required]
    described = {"description": _first_paragraph(kind.__doc__ or "")}
    return described | {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _told(field: Field[Any, Any], meaning: str) -> dict[str, Any]:
    """Return what editors show of a field."""
    said = {"description": meaning} if meaning else {}
    if field.required:
        return said
    return said | {"default": field.rule.encode(field.default)}


def _first_paragraph(docstring: str) -> str:
    return " ".join(docstring.partition("\n\n")[0].split())
