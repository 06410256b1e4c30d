"""Declarations: frozen dataclasses whose fields are typed descriptors.

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
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Generic, TypeVar, cast, dataclass_transform

from netspec.declare._calls import strict
from netspec.declare.rules import In, Out, Rule, Unfit
from netspec.errors import SpecError, shorten

MISSING: Any = dataclasses.MISSING


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
        instance.__dict__[self.name] = self.checked(type(instance).__name__, value)

    def checked(self, kind: str, value: object) -> Out:
        """Return the canonical form of a value.

        Raises:
            SpecError: it breaks the rule; names the declaration, `kind`, and the field.
        """
        try:
            return self.rule.parse(value)
        except Unfit as unfit:
            received = shorten(value)
            raise SpecError(
                f"{kind}({self.name}={received}): {self.name} must be"
                f" {self.rule.must}, received {received}{unfit.note}"
                f"{self.rule.remedy(value)}"
            ) from None
        except SpecError as error:
            raise error.within(self.name) from None


class Declared:
    """Base of every declaration: layers, initializers, policies and specs.

    Frozen, compared and hashed by value, like a frozen dataclass. Written once here
    rather than generated for each class, which would double the time of the import.
    """

    trailing: ClassVar[tuple[str, ...]] = ()  # inherited fields that come last

    @classmethod
    def meaning_of(cls, name: object) -> str:
        """Say, after "; ", what a field of another library is here; or nothing."""
        return ""

    @classmethod
    def meaning_of_call(cls) -> str:
        """Say, after "; ", how the constructor of another library is written here,
        where it takes more by position; or nothing.
        """
        return ""

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
        return self._spell(repr)

    def _spell(self, spell: Callable[[object], str]) -> str:
        """Write the constructor's call; `spell` writes a value of a field."""
        given = (
            f"{name}={spell(value)}"
            for name, field in fields_of(type(self)).items()
            if (value := getattr(self, name)) != field.default
        )
        return f"{type(self).__name__}({', '.join(given)})"


def _values(declared: Declared) -> tuple[object, ...]:
    return tuple(getattr(declared, name) for name in fields_of(type(declared)))


def fields_of(kind: type[Declared]) -> Mapping[str, Field[Any, Any]]:
    """Return the fields of a declaration by name, in constructor order.

    Raises:
        TypeError: a field of the dataclass is not declared with `Field`.
    """
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
    """Make a class with `Field` attributes a dataclass; its base `Declared` freezes it.
    A wrong call of its constructor is a `SpecError` with the hint that YAML gets.

    Raises:
        TypeError: a field of the dataclass is not declared with `Field`.
    """
    made = dataclasses.dataclass(repr=False, eq=False)(kind)
    made.__init__ = strict(made, fields_of(made))  # type: ignore[method-assign]
    return made
