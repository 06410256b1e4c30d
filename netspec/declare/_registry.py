"""Registries, which find a declaration by the name that JSON and YAML carry."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Generic

from netspec.declare._documents import decode, encode, expect_mapping, instance_of
from netspec.declare._fields import D
from netspec.declare.rules import Json, Rule
from netspec.errors import SpecError, nearest, shorten


class Registry(Generic[D]):
    """Declarations by the `type` tag that JSON and YAML carry.

    Args:
        noun: what they are, for errors.
        translate: says, after "; ", what a name of another library is called here; or
            nothing.
    """

    def __init__(
        self, noun: str, translate: Callable[[object], str] = lambda name: ""
    ) -> None:
        self.noun = noun
        self.translate = translate
        self.article = "an" if noun[0] in "aeiou" else "a"
        self._kinds: dict[str, type[D]] = {}

    def add(self, kind: type[D]) -> type[D]:
        """Register a class under its name and return it.

        Raises:
            SpecError: a class from elsewhere has registered this name.
        """
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
        """Build the declaration that a mapping with a `type` tag describes.

        Raises:
            SpecError: the tag is missing or unknown, or a field breaks its rule.
        """
        tagged = expect_mapping(document, f"{self.article} {self.noun}")
        if "type" not in tagged:
            raise SpecError(
                f"{self.article} {self.noun} needs a `type`, received"
                f" {shorten(document)}"
            )
        name = tagged["type"]
        if not isinstance(name, str) or name not in self._kinds:
            hint = self.translate(name) or nearest(name, self._kinds)
            raise SpecError(f"unknown {self.noun} {shorten(name)}{hint}")
        body = {key: value for key, value in tagged.items() if key != "type"}
        return decode(self._kinds[name], body)

    def encode(self, value: D) -> Json:
        return {"type": type(value).__name__, **encode(value)}


def tagged(kind: type[D], registry: Registry[D], must: str) -> Rule[D, D]:
    """Make a rule that accepts a nested declaration of any registered type."""
    rule = instance_of(
        kind, must, registry.decode, {"$ref": f"#/$defs/{registry.noun}"}
    )
    return dataclasses.replace(rule, encode=registry.encode)
