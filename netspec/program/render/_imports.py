"""Import statements of a file, sorted as isort sorts them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from netspec.program.render._printer import WIDTH


class Import(NamedTuple):
    """One imported name.

    Attributes:
        module: such as ``"torch"``.
        name: the name imported from it, such as ``"nn"``; None for the module itself.
        alias: the name after ``as``; None for none.
    """

    module: str
    name: str | None = None
    alias: str | None = None

    @property
    def bound(self) -> str:
        """The name that the statement defines."""
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def section(self) -> int:
        """0 for ``__future__``, 1 for the standard library, 2 for the rest."""
        top = self.module.partition(".")[0]
        return 0 if top == "__future__" else 1 + (top not in sys.stdlib_module_names)


def import_module(module: str, alias: str) -> Import:
    """Return the import that binds a module to `alias`, in the form people write."""
    parent, _, name = module.rpartition(".")
    if parent and alias == name:
        return Import(parent, name)
    return Import(module, None, None if alias == module else alias)


def render_imports(imports: Iterable[Import]) -> list[str]:
    """Return the lines of a file's imports, with an empty line between sections."""
    ordered = sorted(set(imports), key=_order)
    sections = [
        list(_section(list(group)))
        for _, group in groupby(ordered, key=lambda found: found.section)
    ]
    return [line for section in sections for line in ["", *section]][1:]


def _order(found: Import) -> tuple[int, bool, str, int, str]:
    name = found.name or ""
    # isort: CONSTANTS, then Classes, then the rest
    constant, upper = name.isupper() and len(name) > 1, name[:1].isupper()
    kind = 0 if constant else 1 if upper else 2
    return found.section, found.name is not None, found.module, kind, name


def _section(imports: list[Import]) -> Iterator[str]:
    for found in imports:
        if found.name is None:
            yield f"import {found.module}{_as(found)}"
    taken = [found for found in imports if found.name is not None]
    for module, group in groupby(taken, key=lambda found: found.module):
        yield from _from(module, [f"{found.name}{_as(found)}" for found in group])


def _as(found: Import) -> str:
    return f" as {found.alias}" if found.alias else ""


def _from(module: str, names: list[str]) -> Iterator[str]:
    flat = f"from {module} import {', '.join(names)}"
    if len(flat) <= WIDTH:
        yield flat
        return
    yield f"from {module} import ("
    yield from (f"    {name}," for name in names)
    yield ")"
