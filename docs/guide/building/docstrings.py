"""Docstrings as they are written here, for reStructuredText."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

STAR = re.compile(r"(``.*?``|`.*?`)|(\*)")
FIELD = "Field["


def mark(
    app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]
) -> None:
    """Mark what is indented after a colon and an empty line as code; a star outside of
    code is a star.
    """
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
    while signature and FIELD in signature:
        before, _, rest = signature.partition(FIELD)
        inner, after = _bracketed(rest)
        signature = before + _first(inner) + after
    return signature, returned


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
