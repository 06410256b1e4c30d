"""Docstrings as they are written here, for reStructuredText."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import is_dataclass
from itertools import pairwise
from typing import Any

from netspec.declare import Declared

STAR = re.compile(r"(``.*?``|`.*?`)|(\*)")
FIELD = re.compile(r"~?[\w.]*\bField\[")
HOME = re.compile(r"~?\b(?:collections\.abc|typing)\.")
WORD = re.compile(r"(?<=: )\w+\b(?= =|[,)])")


def mark(
    app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]
) -> None:
    """Mark what is indented after a colon and an empty line as code; a star outside of
    code is a star.
    """
    if what == "class" and _is_declared(obj) and "Attributes:" in lines:
        lines[lines.index("Attributes:")] = "Args:"  # by these it is made
    inside = -1  # how far the line that begins code is indented
    for at, (line, after) in enumerate(pairwise([*lines, "", ""][: len(lines) + 1])):
        if line.strip() and _indent(line) <= inside:
            inside = -1
        if inside >= 0 or line.lstrip().startswith(">>>"):
            continue
        lines[at] = STAR.sub(lambda found: found[1] or r"\*", line)
        if line.endswith(":") and not after.strip():
            following = next(filter(str.strip, lines[at + 1 :]), "")
            if _indent(following) > _indent(line):
                inside, lines[at] = _indent(line), f"{lines[at].removesuffix(':')}::"


def accept(
    app: Any,
    what: str,
    name: str,
    obj: Any,
    options: Any,
    signature: str | None,
    returned: str | None,
) -> tuple[str | None, str | None]:
    """Show the types that fields accept: `Field` names those that they hold, too."""
    known = vars(sys.modules.get(getattr(obj, "__module__", ""), object))
    text = WORD.sub(lambda found: _meant(found[0], known), signature or "")
    while found := FIELD.search(text):
        inner, after = _bracketed(text[found.end() :])
        text = text[: found.start()] + _first(inner) + after
    return HOME.sub("", text) or None, returned


def _meant(name: str, known: Mapping[str, Any]) -> str:
    """Return what a name stands for, if that is the type of a field."""
    whole = str(known.get(name))
    return whole if FIELD.match(whole) else name


def _is_declared(made: Any) -> bool:
    return is_dataclass(made) or issubclass(made, Declared | tuple)


def skip(
    app: Any, what: str, name: str, obj: Any, skipped: bool, options: Any
) -> bool | None:
    """Leave out the fields of a named tuple, which its docstring explains."""
    return str(obj.__doc__).startswith("Alias for field") or None


def _bracketed(text: str) -> tuple[str, str]:
    depth = 1
    for at, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if not depth:
            return text[:at], text[at + 1 :]
    return text, ""


def _first(text: str) -> str:
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if letter == "," and not depth:
            return text[:at]
    return text


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
