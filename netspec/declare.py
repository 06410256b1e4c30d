"""Declarations: a frozen dataclass whose fields are typed descriptors.

    @layer
    class Dense(Layer):
        units: Field[int, int] = Field(COUNT)
        _: KW_ONLY
        bias: Field[bool, bool] = Field(BOOL, default=True)

`Field[In, Out]` types both sides for type checkers: what the constructor takes and
what the attribute gives. The rule of a field checks, canonicalises, reads, writes and
documents it, so equal declarations are ``==``, hash equal and write the same JSON.
"""

from __future__ import annotations

import dataclasses
import difflib
import reprlib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Generic, TypeVar, cast, dataclass_transform

from netspec.errors import SpecError
from netspec.rules import In, Json, Out, Rule, Unfit

MISSING: Any = dataclasses.MISSING
MAX_DEPTH = 64
LISTED = 60  # names in an error: all layers, not all parameters of a large model

_short = reprlib.Repr()
_short.maxlevel, _short.maxstring, _short.maxother = 3, 60, 60


def shorten(value: object) -> str:
    """A repr that fits in an error message."""
    try:
        return _short.repr(value)
    except (ValueError, RecursionError):  # an int with over 4300 digits, a cycle
        return f"a value of type {type(value).__name__}"


class Field(Generic[In, Out]):
    """A checked, read-only attribute of a declaration."""

    def __init__(self, rule: Rule[In, Out], default: In = MISSING) -> None:
        self.rule = rule
        self.name = ""
        self.default: Out = MISSING
        if default is not MISSING:
            self.default = rule.parse(default)

    @property
    def required(self) -> bool:
        return self.default is MISSING

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object | None, owner: type | None = None) -> Out:
        if instance is not None:
            return cast(Out, instance.__dict__[self.name])
        if self.required:  # dataclasses reads this as "no default"
            raise AttributeError(self.name)
        return self.default

    def __set__(self, instance: object, value: In) -> None:
        try:
            instance.__dict__[self.name] = self.rule.parse(value)
        except Unfit:
            kind, received = type(instance).__name__, shorten(value)
            raise SpecError(
                f"{kind}({self.name}={received}): {self.name} must be"
                f" {self.rule.must}, received {received}"
            ) from None
        except SpecError as error:
            raise error.within(self.name) from None


class Declared:
    """Base of every declaration: layers, initializers, policies and specs.

    Frozen, compared and hashed by value, like a frozen dataclass. Written once here
    rather than generated for each class, which would double the time of the import.
    """

    trailing: ClassVar[tuple[str, ...]] = ()  # inherited fields that come last

    def __setattr__(self, name: str, value: object) -> None:
        field = fields_of(type(self)).get(name)
        if field is None or name in self.__dict__:
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        field.__set__(self, value)

    def __delattr__(self, name: str) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return _values(self) == _values(other)

    def __hash__(self) -> int:
        return hash((type(self), *_values(self)))

    def __repr__(self) -> str:
        given = (
            f"{name}={value!r}"
            for name, field in fields_of(type(self)).items()
            if (value := getattr(self, name)) != field.default
        )
        return f"{type(self).__name__}({', '.join(given)})"


def _values(declared: Declared) -> tuple[object, ...]:
    return tuple(getattr(declared, name) for name in fields_of(type(declared)))


def fields_of(kind: type[Declared]) -> Mapping[str, Field[Any, Any]]:
    """The fields of a declaration in constructor order."""
    cached = kind.__dict__.get("_netspec_fields")
    if cached is None:
        names = (f.name for f in dataclasses.fields(cast(Any, kind)) if f.init)
        ordered = sorted(names, key=lambda name: name in kind.trailing)
        cached = MappingProxyType({name: _descriptor(kind, name) for name in ordered})
        kind._netspec_fields = cached  # type: ignore[attr-defined]
    return cast(Mapping[str, Field[Any, Any]], cached)


def _descriptor(kind: type, name: str) -> Field[Any, Any]:
    for base in kind.__mro__:
        if isinstance(found := base.__dict__.get(name), Field):
            return found
    raise TypeError(
        f"{kind.__name__}.{name} is a plain dataclass field; declare it as"
        f" `{name}: Field[...] = Field(RULE)`"
    )


D = TypeVar("D", bound=Declared)


@dataclass_transform(frozen_default=True, field_specifiers=(Field,))
def declare(kind: type[D]) -> type[D]:
    """Make a class with `Field` attributes a dataclass, frozen by its base."""
    made = dataclasses.dataclass(repr=False, eq=False)(kind)
    fields_of(made)
    return made


class Registry(Generic[D]):
    """Declarations by the `type` tag that JSON and YAML carry."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self.article = "an" if noun[0] in "aeiou" else "a"
        self._kinds: dict[str, type[D]] = {}

    def add(self, kind: type[D]) -> type[D]:
        """Register under the class's name; a second owner of a name is refused."""
        held = self._kinds.get(kind.__name__)
        same = held and (held.__module__, held.__qualname__) == (
            kind.__module__,
            kind.__qualname__,
        )
        if held and not same:
            raise SpecError(
                f"{kind.__name__}: a {self.noun} of this name is already registered"
                f" by {held.__module__}; choose another class name"
            )
        self._kinds[kind.__name__] = kind
        return kind

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __getitem__(self, name: str) -> type[D]:
        return self._kinds[name]

    def decode(self, document: Json) -> D:
        """Build the declaration that a tagged mapping describes."""
        tagged = expect_mapping(document, f"{self.article} {self.noun}")
        if "type" not in tagged:
            raise SpecError(
                f"{self.article} {self.noun} needs a `type`, received"
                f" {shorten(document)}"
            )
        name = tagged["type"]
        if not isinstance(name, str) or name not in self._kinds:
            raise SpecError(
                f"unknown {self.noun} {shorten(name)}{nearest(name, self._kinds)}"
            )
        body = {key: value for key, value in tagged.items() if key != "type"}
        return decode(self._kinds[name], body)

    def encode(self, value: D) -> Json:
        return {"type": type(value).__name__, **encode(value)}


def expect_mapping(document: Json, what: str) -> Mapping[str, Json]:
    if not isinstance(document, Mapping):
        raise SpecError(f"{what} must be a mapping, received {shorten(document)}")
    return document


def nearest(name: object, known: Iterator[str] | Mapping[str, Any]) -> str:
    """``"; did you mean 'Dense'?"``, or what there is."""
    names = sorted(known)
    asked = name[:60] if isinstance(name, str) else shorten(name)
    close = difflib.get_close_matches(asked, names, n=1)
    if not close:
        close = [n for n in names if n.lower() == asked.lower()]
    if close:
        return f"; did you mean {close[0]!r}?"
    more = ", ..." if len(names) > LISTED else ""
    return f"; known: {', '.join(names[:LISTED])}{more}"


def decode(kind: type[D], document: Mapping[str, Json]) -> D:
    """Build `kind` from a mapping of its fields.

    Raises:
        SpecError: an unknown or missing field, or a value that breaks its rule.
    """
    fields = fields_of(kind)
    for key in expect_mapping(document, kind.__name__):
        if key not in fields:
            raise SpecError(
                f"{kind.__name__} has no field {shorten(key)}{nearest(key, fields)}"
            )
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
    """The fields that differ from their default, as JSON."""
    return {
        name: field.rule.encode(held)
        for name, field in fields_of(type(value)).items()
        if (held := getattr(value, name)) != field.default
    }


def instance_of(
    kind: type[D], must: str, decode: Callable[[Json], D], schema: Json
) -> Rule[D, D]:
    """A nested declaration; in JSON, a mapping."""

    def parse(value: object) -> D:
        if not isinstance(value, kind):
            raise Unfit
        return value

    def read(document: Json) -> object:
        return document if isinstance(document, kind) else decode(document)

    return Rule(must, parse, schema, encode, read)


def tagged(kind: type[D], registry: Registry[D], must: str) -> Rule[D, D]:
    """A nested declaration of any registered type."""
    rule = instance_of(
        kind, must, registry.decode, {"$ref": f"#/$defs/{registry.noun}"}
    )
    return dataclasses.replace(rule, encode=registry.encode)
