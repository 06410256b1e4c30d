"""Exceptions, all derived from `NetspecError`, and helpers that word their messages.

A message names the path, the invariant, what was received and the remedy. The code that
finds a problem states it; the code that walks the document adds the path, once.
"""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable

Path = tuple[str | int, ...]


class NetspecError(ValueError):
    """Base of every error that netspec raises on purpose."""


class SpecError(NetspecError):
    """A spec, layer or initializer breaks a rule.

    Attributes:
        problem: the broken rule, what was received and the remedy.
        path: keys and indices from the top of the document to the problem, for example
            ``("layers", 2, "body", 0)``.
    """

    def __init__(self, problem: str, path: Path = ()) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = path

    def within(self, *prefix: str | int) -> SpecError:
        """Return this error with `prefix` in front of its path."""
        return SpecError(self.problem, (*prefix, *self.path))

    def __str__(self) -> str:
        where = render_path(self.path)
        return f"{where} {self.problem}" if where else self.problem


class ParameterError(NetspecError):
    """Arrays, or a parameter file, do not fit the spec."""


class InputError(NetspecError):
    """An input array has the wrong shape, dtype or index range."""


class BackendError(NetspecError):
    """A backend cannot build, or refuses to build, what the spec asks for."""


class BackendNotInstalled(BackendError):
    """The backend is known but its framework is not installed."""


def render_path(path: Path) -> str:
    """Write a path as text: ``("layers", 2, "body", 0)`` as ``layers[2].body[0]``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).lstrip(".")


LISTED = 60  # most names in an error: every layer, not every parameter of a large model

_short = reprlib.Repr()
_short.maxlevel, _short.maxstring, _short.maxother = 3, 60, 60


def shorten(value: object) -> str:
    """Return a repr that is short enough for an error message."""
    try:
        return _short.repr(value)
    except (ValueError, RecursionError):  # an int with over 4300 digits, a cycle
        return f"a value of type {type(value).__name__}"


def nearest(name: object, known: Iterable[str]) -> str:
    """Suggest the known name closest to `name`, as in ``"; did you mean 'Dense'?"``;
    if none is close, list the known names.
    """
    names = sorted(known)
    asked = name[:60] if isinstance(name, str) else shorten(name)
    close = difflib.get_close_matches(asked, names, n=1)
    if not close:
        close = [n for n in names if n.lower() == asked.lower()]
    if close:
        return f"; did you mean {close[0]!r}?"
    more = ", ..." if len(names) > LISTED else ""
    return f"; known: {', '.join(names[:LISTED])}{more}"
