"""YAML, read strictly and safely, from the stream of events that a parser gives.

The scalars are those of the YAML 1.2 core schema: plain PyYAML reads ``1e-5`` as a
string, ``no`` as false and ``010`` as 8. Aliases, tags, repeated keys and nesting
beyond 64 levels are refused as they come, so that a small file can neither ask for a
large tree nor for a Python object.

Events come from PyYAML's parser in Python, whose errors say what was found. Texts of
over `PYTHON` characters, which no hand writes, come from libyaml where PyYAML has it: a
hundred times as fast, it words errors in its own way and takes tabs in more places.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import yaml

from netspec.declare import MAX_DEPTH
from netspec.errors import SpecError, shorten

Json = Any

PYTHON = 2**16

_NUMBER = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"


class _Core(NamedTuple):
    """Plain scalars that are no text.

    Attributes:
        tag: the name of their type in YAML.
        pattern: what they look like.
        first: their first characters.
        read: gives the value.
    """

    tag: str
    pattern: re.Pattern[str]
    first: str
    read: Callable[[str], Json]


def parse_int(digits: str) -> int:
    """Read a decimal number.

    Raises:
        SpecError: it has over 4300 digits.
    """
    try:
        return int(digits)
    except ValueError:
        raise SpecError("a number is too long") from None


def _read_float(text: str) -> float:
    named = text.lower().lstrip("+-") in (".inf", ".nan")
    return float(text.replace(".", "", 1) if named else text)


CORE = tuple(
    _Core(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})"), first, read)
    for tag, pattern, first, read in (
        ("null", r"~|null|Null|NULL|", "~nN", lambda text: None),
        (
            "bool",
            r"true|True|TRUE|false|False|FALSE",
            "tTfF",
            lambda text: text[0] in "tT",
        ),
        ("int", r"[-+]?[0-9]+", "-+0123456789", parse_int),
        (
            "float",
            rf"{_NUMBER}|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
            "-+.0123456789",
            _read_float,
        ),
    )
)
BY_FIRST = {
    first: [core for core in CORE if first in core.first]
    for first in ["", *"".join(core.first for core in CORE)]
}


def read_yaml(source: str) -> Json:
    """Read one YAML document.

    Raises:
        SpecError: aliases, tags, repeated keys, deep nesting, or several documents.
        yaml.YAMLError: no YAML.
    """
    quick = len(source) > PYTHON and yaml.__with_libyaml__
    return _build(yaml.parse(source, yaml.CSafeLoader if quick else yaml.SafeLoader))


class _Open:
    """A list or a mapping whose end has not come."""

    def __init__(self, event: yaml.Event) -> None:
        self.mapping = isinstance(event, yaml.MappingStartEvent)
        self.held: Json = {} if self.mapping else []
        self.key: str | None = None

    def add(self, value: Json, event: yaml.Event) -> None:
        if not self.mapping:
            self.held.append(value)
        elif self.key is None:
            self.key = self._checked(value, event)
        else:
            self.held[self.key], self.key = value, None

    def _checked(self, key: Json, event: yaml.Event) -> str:
        if not isinstance(key, str):
            raise SpecError(f"keys must be text, received {shorten(key)}{_at(event)}")
        if key in self.held:
            raise SpecError(f"the key {shorten(key)} stands twice{_at(event)}")
        return key


def _build(events: Iterable[yaml.Event]) -> Json:
    documents: list[Json] = []
    stack: list[tuple[_Open, yaml.Event]] = []
    for event in events:
        start = event
        if isinstance(event, yaml.CollectionStartEvent):
            _open(event, stack)
            continue
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            opened, start = stack.pop()
            value = opened.held
        else:
            _check_stream(event, documents)
            continue
        if stack:
            stack[-1][0].add(value, start)
        else:
            documents.append(value)
    return documents[0] if documents else None


def _open(
    event: yaml.CollectionStartEvent, stack: list[tuple[_Open, yaml.Event]]
) -> None:
    _check_tag(event)
    stack.append((_Open(event), event))
    if len(stack) > MAX_DEPTH:
        raise SpecError(f"nested more than {MAX_DEPTH} levels deep{_at(event)}")


def _check_stream(event: yaml.Event, documents: list[Json]) -> None:
    if isinstance(event, yaml.AliasEvent):
        raise SpecError(f"YAML aliases are refused; write it out{_at(event)}")
    if isinstance(event, yaml.DocumentStartEvent) and documents:
        raise SpecError(f"not valid YAML: expected a single document{_at(event)}")


def _scalar(event: yaml.ScalarEvent) -> Json:
    _check_tag(event)
    text: str = event.value
    if not event.implicit[0]:  # quoted
        return text
    for core in BY_FIRST.get(text[:1], ()):
        if core.pattern.fullmatch(text):
            try:
                return core.read(text)
            except SpecError as error:
                raise SpecError(f"{error.problem}{_at(event)}") from None
    return text


def _check_tag(event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
    if event.tag is not None:
        raise SpecError(
            f"YAML tags are refused, received {shorten(event.tag)}; write the value"
            f" alone{_at(event)}"
        )


def _at(event: yaml.Event) -> str:
    return f" (line {event.start_mark.line + 1})" if event.start_mark else ""
