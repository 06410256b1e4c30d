"""Rules for the values of fields: one object checks a value, canonicalises it, reads
and writes it as JSON and states its JSON Schema, so that one line declares all of it.

Checks are strict: no ``"64"`` for an int, no ``True`` for an int, no NaN.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from numbers import Integral, Real
from typing import Any, Generic, TypeVar

from netspec.errors import SpecError, gather

In = TypeVar("In")
Out = TypeVar("Out")
Item = TypeVar("Item")
Json = Any

LARGEST_SIZE = 2**31 - 1  # MXNet and XLA index one axis with 32 bits


class Unfit(Exception):
    """A value breaks a rule; the field that owns the rule words the error.

    Args:
        note: what the rule's `must` leaves out.
    """

    def __init__(self, note: str = "") -> None:
        super().__init__(note)
        self.note = note


@dataclass(frozen=True)
class Rule(Generic[In, Out]):
    """The values that a field accepts, and their form in JSON.

    Attributes:
        must: the invariant, completing "units must be ...".
        parse: returns the canonical value or raises `Unfit` (or `SpecError`, for a
            nested declaration that words its own error).
        schema: the JSON Schema of all accepted forms, the canonical form included.
        encode: canonical value to JSON.
        decode: JSON to something that `parse` accepts.
        remedy: what else says what a refused value means, after "; "; or nothing.
    """

    must: str
    parse: Callable[[object], Out]
    schema: Json
    encode: Callable[[Out], Json] = lambda value: value
    decode: Callable[[Json], object] = lambda document: document
    remedy: Callable[[object], str] = lambda value: ""


def _integer(low: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, Integral):
            raise Unfit
        size = int(value)
        if size > LARGEST_SIZE:
            raise Unfit(f"; at most {LARGEST_SIZE} fits, 32 bits with a sign")
        if size < low:
            raise Unfit
        return size

    return parse


def _real(fits: Callable[[float], bool]) -> Callable[[object], float]:
    def parse(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, Real):
            raise Unfit
        try:
            number = float(value) + 0.0  # -0.0 becomes 0.0
        except OverflowError:
            raise Unfit from None
        if not (math.isfinite(number) and fits(number)):
            raise Unfit
        return number

    return parse


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unfit
    return value


def _axis(value: object) -> int:
    axis = _integer(-LARGEST_SIZE)(value)
    if axis == 0:
        raise Unfit
    return axis


COUNT: Rule[int, int] = Rule(
    "a positive integer",
    _integer(1),
    {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE},
)
SIZE: Rule[int, int] = Rule(
    "a non-negative integer",
    _integer(0),
    {"type": "integer", "minimum": 0, "maximum": LARGEST_SIZE},
)
INTEGER: Rule[int, int] = Rule(
    "an integer", _integer(-LARGEST_SIZE), {"type": "integer"}
)
AXIS: Rule[int, int] = Rule(
    "an integer axis other than 0, the batch axis",
    _axis,
    {"type": "integer", "not": {"const": 0}},
)
REAL: Rule[float, float] = Rule(
    "a finite number", _real(lambda x: True), {"type": "number"}
)
NONNEGATIVE: Rule[float, float] = Rule(
    "a non-negative number", _real(lambda x: x >= 0), {"type": "number", "minimum": 0}
)
POSITIVE: Rule[float, float] = Rule(
    "a positive number",
    _real(lambda x: x > 0),
    {"type": "number", "exclusiveMinimum": 0},
)
RATE: Rule[float, float] = Rule(
    "a number with 0 <= rate < 1",
    _real(lambda x: 0 <= x < 1),
    {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
)
DECAY: Rule[float, float] = Rule(
    "a number with 0 <= decay < 1, the weight of the old statistics",
    _real(lambda x: 0 <= x < 1),
    {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
)
BOOL: Rule[bool, bool] = Rule("true or false", _boolean, {"type": "boolean"})


def _text(pattern: str, must: str) -> Rule[str, str]:
    compiled = re.compile(pattern)

    def parse(value: object) -> str:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            raise Unfit
        return str(value)

    schema = {"type": "string", "pattern": f"^(?:{pattern})$"}
    return Rule(must, parse, schema)


NAME = _text(
    "[A-Za-z_][A-Za-z0-9_]*",
    "letters, digits and underscores, not starting with a digit (a dot separates"
    " paths)",
)
DOTTED = _text(
    r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*",
    "names of letters, digits and underscores, with dots between them",
)
TITLE = _text(
    r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{1,200}",
    "1 to 200 printable characters",
)
GLOB = _text(r"[A-Za-z0-9_.*?\[\]!-]+", "a glob over parameter paths")


def choice(*options: str) -> Rule[str, str]:
    """Accept one of a few words."""

    def parse(value: object) -> str:
        if not isinstance(value, str) or value not in options:
            raise Unfit
        return value

    quoted = ", ".join(repr(option) for option in options)
    return Rule(f"one of {quoted}", parse, {"enum": list(options)})


def optional(rule: Rule[In, Out]) -> Rule[In | None, Out | None]:
    """Accept what `rule` accepts, or None."""
    return Rule(
        f"{rule.must}, or nothing",
        lambda value: None if value is None else rule.parse(value),
        {"anyOf": [rule.schema, {"type": "null"}]},
        lambda value: None if value is None else rule.encode(value),
        lambda document: None if document is None else rule.decode(document),
    )


def _is_sequence(value: object) -> bool:
    text = isinstance(value, str | bytes | bytearray | memoryview)
    return isinstance(value, Sequence) and not text


def per_axis(item: Rule[int, int], rank: int) -> Rule[Any, tuple[int, ...]]:
    """Accept one value for all of `rank` spatial axes, or a list with a value for each;
    either is held as a tuple of `rank` values.
    """

    def parse(value: object) -> tuple[int, ...]:
        if not _is_sequence(value):
            return (item.parse(value),) * rank
        if len(value) != rank:  # type: ignore[arg-type]
            raise Unfit
        return tuple(item.parse(entry) for entry in value)  # type: ignore[attr-defined]

    listed = {"type": "array", "items": item.schema}
    listed |= {"minItems": rank, "maxItems": rank}
    must = f"{item.must}, or a list of {rank} of them"
    return Rule(must, parse, {"anyOf": [item.schema, listed]}, list)


def one_or_more(item: Rule[int, int], must: str) -> Rule[Any, tuple[int, ...]]:
    """Accept one value or a list of them; either is held as a tuple."""
    listed = sequence(item, must)

    def parse(value: object) -> tuple[int, ...]:
        return listed.parse(value if _is_sequence(value) else (value,))

    return Rule(must, parse, {"anyOf": [item.schema, listed.schema]}, list)


def sequence(
    item: Rule[In, Out], must: str, *, least: int = 1, most: int | None = None
) -> Rule[Sequence[In], tuple[Out, ...]]:
    """Accept a list of at least `least` and at most `most` values, held as a tuple."""

    def parse(value: object) -> tuple[Out, ...]:
        if not _is_sequence(value):
            raise Unfit
        entries: tuple[Any, ...] = tuple(value)  # type: ignore[arg-type]
        if len(entries) < least or (most is not None and len(entries) > most):
            raise Unfit
        return tuple(_located(item.parse, i, entry) for i, entry in enumerate(entries))

    def decode(document: Json) -> object:
        if not isinstance(document, list):
            return document
        return gather(
            partial(_located, item.decode, i, entry) for i, entry in enumerate(document)
        )

    schema = {"type": "array", "items": item.schema, "minItems": least}
    if most is not None:
        schema["maxItems"] = most
    return Rule(
        must, parse, schema, lambda value: [item.encode(v) for v in value], decode
    )


def _located(convert: Callable[[Any], Any], index: int, entry: object) -> Any:
    try:
        return convert(entry)
    except SpecError as error:
        raise error.within(index) from None


def either(
    first: Rule[Any, Any], second: Rule[Any, Any], must: str | None = None
) -> Rule[Any, Any]:
    """Accept what one of two rules accepts; `first` is tried first."""

    def parse(value: object) -> Any:
        try:
            return first.parse(value)
        except Unfit:
            return second.parse(value)

    def encode(value: Any) -> Json:
        try:
            first.parse(value)
        except Unfit:
            return second.encode(value)
        return first.encode(value)

    schema = {"anyOf": [first.schema, second.schema]}
    return Rule(must or f"{first.must}, or {second.must}", parse, schema, encode)


def where(rule: Rule[In, Out], fits: Callable[[Out], bool], must: str) -> Rule[In, Out]:
    """Accept what `rule` accepts if its canonical value also satisfies `fits`."""

    def parse(value: object) -> Out:
        canonical = rule.parse(value)
        if not fits(canonical):
            raise Unfit
        return canonical

    return replace(rule, must=must, parse=parse)
