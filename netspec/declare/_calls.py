"""Calls of constructors, and documents, that do not fit the fields of a declaration."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import wraps
from typing import Any

from netspec.errors import SpecError, nearest, shorten

UNKNOWN = 4  # most unknown fields that an error names


def strict(kind: Any, fields: Mapping[str, Any]) -> Callable[..., None]:
    """Wrap the constructor of a dataclass: what Python would answer with a TypeError is
    a `SpecError` that says how the call is written here.
    """
    plain: Callable[..., None] = kind.__init__
    ordered = [f.name for f in dataclasses.fields(kind) if f.init and not f.kw_only]
    needed = {name for name, field in fields.items() if field.required}

    @wraps(plain)
    def checked(self: Any, *args: Any, **kwargs: Any) -> None:
        given = {*ordered[: len(args)], *kwargs}
        once = len(given) == len(args) + len(kwargs)
        if not (once and given <= fields.keys() and given >= needed):
            raise SpecError(_misuse(kind, fields, ordered, args, kwargs))
        plain(self, *args, **kwargs)

    return checked


def _misuse(
    kind: Any,
    fields: Mapping[str, Any],
    ordered: Sequence[str],
    args: Sequence[Any],
    named: Collection[str],
) -> str:
    """Say what is wrong with a call."""
    if len(args) > len(ordered):
        return _too_many(kind, fields, ordered, args)
    if unknown := [name for name in named if name not in fields]:
        return strangers(kind, fields, unknown)
    placed = ordered[: len(args)]
    if twice := [name for name in placed if name in named]:
        return f"{kind.__name__} is given {twice[0]} twice, by position and by name"
    return missing(kind, fields, {*placed, *named})


def _too_many(
    kind: Any, fields: Mapping[str, Any], ordered: Sequence[str], args: Sequence[Any]
) -> str:
    taken = " and ".join(ordered) or "nothing"
    rest = [name for name in fields if name not in (*ordered, *kind.trailing)]
    said = f"; name the rest: {', '.join(rest)}" if rest else ""
    return (
        f"{kind.__name__} takes {taken} by position, received {shorten(args)}"
        f"{kind.meaning_of_call() or said}"
    )


def strangers(kind: Any, fields: Mapping[str, Any], unknown: Sequence[object]) -> str:
    """Name fields that a declaration does not have, each with what it is here; or
    nothing where there are none.
    """
    if not unknown:
        return ""
    hints = (
        f"{shorten(name)}{kind.meaning_of(name) or nearest(name, fields)}"
        for name in unknown[:UNKNOWN]
    )
    return f"{kind.__name__} has no field {', no field '.join(hints)}"


def missing(kind: Any, fields: Mapping[str, Any], given: Collection[object]) -> str:
    """Name the fields that a declaration needs and was not given; or nothing."""
    absent = [n for n, field in fields.items() if field.required and n not in given]
    return f"{kind.__name__} needs {', '.join(absent)}" if absent else ""
