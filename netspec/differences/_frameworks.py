"""Frameworks of the registry, and the code that comes before their snippets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from netspec.declare import Declared, Field, declare, decode
from netspec.declare.rules import TITLE, Rule, Unfit
from netspec.spec import documents


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Unfit
    return value.strip()


TEXT: Rule[str, str] = Rule("text", _text, {"type": "string", "minLength": 1})


@declare
class Framework(Declared):
    """A framework that snippets use.

    Attributes:
        seen: the version on which every entry was seen to hold.
        preamble: the code that comes before a snippet: imports, and a seed.
    """

    seen: Field[str, str] = Field(TITLE)
    preamble: Field[str, str] = Field(TEXT)


def _read() -> Mapping[str, Framework]:
    document = documents.load(Path(__file__).with_name("frameworks.yaml"))
    return {name: decode(Framework, body) for name, body in document.items()}


FRAMEWORKS = _read()
