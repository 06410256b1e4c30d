"""What is known of the functions and classes that lowerings call.

A framework that is installed is asked. Where it is not, what was recorded of it stands
in, so that text can be printed all the same.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from netspec.errors import BackendError
from netspec.program._build import resolve
from netspec.program._call import one

Known = dict[str, dict[str, Any]]  # by kind, then by target

_recorded: Known = {"defaults": {}, "attributes": {}}
_asked: Known = {"defaults": {}, "attributes": {}}


def know(path: Path) -> None:
    """Read a file that `as_recorded` made, to stand in for what is not installed."""
    held = json.loads(path.read_text(encoding="utf-8"))
    for kind, found in held.items():
        _recorded[kind] |= found


def as_recorded(packages: Iterable[str]) -> str:
    """Return what this process has asked of packages, as a file for `know`."""
    held = {
        kind: {
            target: found
            for target, found in sorted(asked.items())
            if target.partition(":")[0].partition(".")[0] in packages
        }
        for kind, asked in _asked.items()
    }
    return json.dumps(held, indent=1) + "\n"


@cache
def defaults(target: str) -> Mapping[str, object]:
    """Return the defaults of the arguments of a target, by name; ``...`` where there is
    none, or none that source could state.

    Raises:
        BackendError: the target cannot be imported, and nothing is recorded of it.
    """
    try:
        made: Any = resolve(target)
    except BackendError:
        if target not in _recorded["defaults"]:
            raise
        held = _recorded["defaults"][target]
        return {name: ast.literal_eval(text) for name, text in held.items()}
    found = _signature(made)
    _asked["defaults"][target] = {name: _text(value) for name, value in found.items()}
    return found


def _signature(made: Any) -> dict[str, object]:
    parameters = inspect.signature(made).parameters.values()
    wide = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)
    if wide and isinstance(made, type):
        # a metaclass takes any arguments, and leaves them to the constructor
        constructor: Any = made.__init__  # type: ignore[misc]
        parameters = inspect.signature(constructor).parameters.values()
    return {parameter.name: one(parameter.default) for parameter in parameters}


def _text(value: object) -> str:
    """Return a value as source; ``...`` if it is none that source states as it is."""
    text = repr(value)
    try:
        return text if ast.literal_eval(text) == value else "..."
    except (ValueError, SyntaxError):
        return "..."


@cache
def attributes(target: str, *args: Any) -> frozenset[str]:
    """Return the names of the attributes of what a call gives.

    Args:
        target: of the call.
        args: its arguments.

    Raises:
        BackendError: the target cannot be imported, and nothing is recorded of it.
    """
    try:
        made = resolve(target)(*args)
    except BackendError:
        if target not in _recorded["attributes"]:
            raise
        return frozenset([*_recorded["attributes"][target], *dir(object)])
    names = dir(made)
    own = sorted(name for name in names if not name.startswith("__"))
    _asked["attributes"][target] = own
    return frozenset(names)
