"""Read values of a JSON document, each of which must have the type that it should."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar

from netspec.declare.rules import Json
from netspec.errors import shorten

T = TypeVar("T")

NAMES: dict[type, str] = {
    str: "text",
    bool: "true or false",
    int: "an integer",
    list: "a list",
    dict: "a mapping",
}
SPELLED = {"Infinity": math.inf, "-Infinity": -math.inf, "NaN": math.nan}


def need(value: Json, kind: type[T], what: str) -> T:
    """Return a value of this type; True is no integer.

    Raises:
        TypeError: it has another type.
    """
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise TypeError(f"{what} must be {NAMES[kind]}, received {shorten(value)}")
    return value


def field(document: Mapping[str, Json], name: str, kind: type[T]) -> T:
    """Return a field of this type.

    Raises:
        KeyError: the document lacks it.
        TypeError: it has another type.
    """
    return need(need(document, dict, "what has fields")[name], kind, name)


def texts(document: Mapping[str, Json], *names: str) -> dict[str, str]:
    """Return the fields of these names, which are texts."""
    return {name: field(document, name, str) for name in names}


def items(document: Mapping[str, Json], name: str, kind: type[T]) -> tuple[T, ...]:
    """Return the entries of a list, all of this type."""
    return tuple(need(entry, kind, name) for entry in field(document, name, list))


def mapped(document: Mapping[str, Json], name: str, kind: type[T]) -> dict[str, T]:
    """Return a mapping whose values are all of this type."""
    held = field(document, name, dict)
    return {key: need(value, kind, f"{name} {key}") for key, value in held.items()}


def number(value: Json, what: str) -> float:
    """Return a number, or one that JSON lacks and that is spelled as text.

    Raises:
        TypeError: it is none.
        ValueError: it is too large.
    """
    if isinstance(value, str) and value in SPELLED:
        return SPELLED[value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{what} must be a number, received {shorten(value)}")
    try:
        return float(value)
    except OverflowError:
        raise ValueError(f"{what} is too large a number") from None


def finite(value: Json, what: str) -> float:
    """Return a finite number.

    Raises:
        ValueError: it is none.
    """
    read = number(value, what)
    if not math.isfinite(read):
        raise ValueError(f"{what} must be a finite number, received {shorten(value)}")
    return read


def numbers(document: Mapping[str, Any], name: str) -> tuple[float, ...]:
    """Return the entries of a list of finite numbers."""
    return tuple(finite(entry, name) for entry in field(document, name, list))
