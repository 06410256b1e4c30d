"""Conversion of declarations to JSON documents and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from netspec.declare._fields import D, Declared, Field, fields_of
from netspec.declare.rules import Json, Rule, Unfit
from netspec.errors import SpecError, nearest, shorten

MAX_DEPTH = 64
UNKNOWN = 4  # most unknown fields that an error names


def expect_mapping(document: Json, what: str) -> Mapping[str, Json]:
    if not isinstance(document, Mapping):
        raise SpecError(f"{what} must be a mapping, received {shorten(document)}")
    return document


def decode(kind: type[D], document: Mapping[str, Json]) -> D:
    """Build `kind` from a mapping of its fields.

    Raises:
        SpecError: an unknown or missing field, or a value that breaks its rule.
    """
    fields = fields_of(kind)
    unknown = [k for k in expect_mapping(document, kind.__name__) if k not in fields]
    if unknown:
        named = unknown[:UNKNOWN]
        hints = (
            f"{shorten(k)}{kind.meaning_of(k) or nearest(k, fields)}" for k in named
        )
        raise SpecError(f"{kind.__name__} has no field {', no field '.join(hints)}")
    absent = [n for n, f in fields.items() if f.required and n not in document]
    if absent:
        raise SpecError(f"{kind.__name__} needs {', '.join(absent)}")
    given = {k: _decode_field(fields[k], k, v) for k, v in document.items()}
    return kind(**given)


def _decode_field(field: Field[Any, Any], key: str, value: Json) -> object:
    try:
        return field.rule.decode(value)
    except SpecError as error:
        raise error.within(key) from None


def encode(value: Declared) -> dict[str, Json]:
    """Return the fields that differ from their defaults, as JSON."""
    return {
        name: field.rule.encode(held)
        for name, field in fields_of(type(value)).items()
        if (held := getattr(value, name)) != field.default
    }


def instance_of(
    kind: type[D], must: str, decode: Callable[[Json], D], schema: Json
) -> Rule[D, D]:
    """Make a rule that accepts a nested declaration, which is a mapping in JSON.

    Args:
        kind: the class of the declaration.
        must: the invariant, completing "body must be ...".
        decode: builds the declaration from its JSON.
        schema: the JSON Schema of the mapping.
    """

    def parse(value: object) -> D:
        if not isinstance(value, kind):
            raise Unfit
        return value

    def read(document: Json) -> object:
        return document if isinstance(document, kind) else decode(document)

    return Rule(must, parse, schema, encode, read)
