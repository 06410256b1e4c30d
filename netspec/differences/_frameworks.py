"""Frameworks of the registry, and the code that comes before their snippets."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from netspec.contract import backends
from netspec.declare import Declared, Field, declare, decode
from netspec.declare.rules import TITLE, Rule, Unfit, optional
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
        package: the package that has it, where no backend does.
    """

    seen: Field[str, str] = Field(TITLE)
    preamble: Field[str, str] = Field(TEXT)
    package: Field[str | None, str | None] = Field(optional(TITLE), default=None)


def _read() -> Mapping[str, Framework]:
    document = documents.load(Path(__file__).with_name("frameworks.yaml"))
    return {name: decode(Framework, body) for name, body in document.items()}


FRAMEWORKS = _read()


def missing(framework: str) -> str:
    """Return the command that installs what a framework needs; empty if nothing."""
    package = FRAMEWORKS[framework].package
    if package is None:
        return backends()[framework].hint or ""
    return "" if find_spec(package) else f"pip install {package}"


def version(framework: str) -> str:
    """Return the version that is installed; empty if none is."""
    package = FRAMEWORKS[framework].package
    if package is None:
        return backends()[framework].version or ""
    return metadata.version(package) if find_spec(package) else ""
