"""Conversion of declarations to JSON documents and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from netspec.declare._calls import missing, strangers
from netspec.declare._fields import D, Declared, Field, fields_of
from netspec.declare.rules import Json, Rule, Unfit
from netspec.errors import Problem, SpecError, shorten

MAX_DEPTH = 64


def expect_mapping(document: Json, what: str) -> Mapping[str, Json]:
    if not isinstance(document, Mapping):
        raise SpecError(f"{what} must be a mapping, received {shorten(document)}")
    return document


def decode(kind: type[D], document: Mapping[str, Json]) -> D:
    """Build `kind` from a mapping of its fields.

    Raises:
        SpecError: unknown or missing fields, values that break their rules: all of
            these.
    """
    fields = fields_of(kind)
    unknown = [k for k in expect_mapping(document, kind.__name__) if k not in fields]
    # a field under another name is not missing, too
    told = strangers(kind, fields, unknown) or missing(kind, fields, document)
    problems = [Problem((), None, told)] if told else []
    given: dict[str, object] = {}
    for key in filter(fields.__contains__, document):
        try:
            given[key] = _decode_field(fields[key], key, document[key])
        except SpecError as error:
            problems += error.problems
    if not problems:
        try:
            return kind(**given)
        except SpecError as error:
            problems += _broken(kind, given) or error.problems
    else:
        problems += _broken(kind, given)
    raise SpecError.of(problems)


def _decode_field(field: Field[Any, Any], key: str, value: Json) -> object:
    try:
        return field.rule.decode(value)
    except SpecError as error:
        raise error.within(key) from None


def _broken(kind: type[Declared], given: Mapping[str, object]) -> list[Problem]:
    """List the rules that the values of fields break."""
    problems: list[Problem] = []
    for name, value in given.items():
        try:
            fields_of(kind)[name].checked(kind.__name__, value)
        except SpecError as error:
            problems += error.problems
    return problems


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
