"""The imports of the sources, read as text: lazy ones and those for types included."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from importlib.util import resolve_name
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
ROOTS = {"netspec": ROOT, "backends": ROOT / "backends"}


class Import(NamedTuple):
    """One imported name.

    Attributes:
        importer: the module that imports.
        module: what it imports from, or the module itself.
        name: what it takes; empty for the module itself, ``"*"`` for all.
        line: in the file.
    """

    importer: str
    module: str
    name: str
    line: int


@cache
def modules() -> dict[str, Path]:
    """Every module of netspec and of the backends, and its file."""
    found = {}
    for folder, root in ROOTS.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


def is_package(module: str) -> bool:
    return modules()[module].name == "__init__.py"


def package_of(module: str) -> str:
    """The package of a module; a package is its own."""
    return module if is_package(module) else module.rpartition(".")[0]


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


def imports_of(module: str) -> Iterator[Import]:
    """All imports of ours in a module, wherever they stand."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            names = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            relative = "." * node.level + (node.module or "")
            base = (
                resolve_name(relative, package_of(module)) if node.level else relative
            )
            names = [_taken(base, alias.name) for alias in node.names]
        else:
            continue
        for source, name in names:
            if source in modules():
                yield Import(module, source, name, node.lineno)


def _taken(base: str, name: str) -> tuple[str, str]:
    return (f"{base}.{name}", "") if f"{base}.{name}" in modules() else (base, name)


def all_imports() -> list[Import]:
    return [found for module in modules() for found in imports_of(module)]
