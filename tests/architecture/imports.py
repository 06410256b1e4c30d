"""What the sources use of each other, read as text: imports, lazy ones and those for
types included, attributes of imported modules, and names of modules in strings.
"""

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
    """One name that is used.

    Attributes:
        importer: the module that uses it.
        module: what it is taken from, or the module itself.
        name: what is taken; empty for the module itself, ``"*"`` for all.
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


def text_of(module: str) -> str:
    return modules()[module].read_text(encoding="utf-8")


@cache
def imports_of(module: str) -> tuple[Import, ...]:
    """What a module uses of ours, wherever it stands in it."""
    found = uses(text_of(module), module, package_of(module))
    return tuple(one for one in found if one.module in modules())


def all_imports() -> list[Import]:
    return [found for module in modules() for found in imports_of(module)]


def uses(source: str, importer: str, package: str) -> Iterator[Import]:
    """All modules that a source uses, those of others included.

    Args:
        source: the text.
        importer: name of its module.
        package: what its relative imports start from.
    """
    nodes = list(ast.walk(ast.parse(source)))
    bound: dict[str, str] = {}
    written = {module for module in modules() if "." in module}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(importer, alias.name, "", node.lineno)
                top = alias.name.partition(".")[0]
                bound |= {alias.asname: alias.name} if alias.asname else {top: top}
        elif isinstance(node, ast.ImportFrom):
            relative = "." * node.level + (node.module or "")
            base = resolve_name(relative, package) if node.level else relative
            for alias in node.names:
                module, name = _taken(base, alias.name)
                yield Import(importer, module, name, node.lineno)
                bound |= {} if name else {alias.asname or alias.name: module}
    for node in nodes:
        if isinstance(node, ast.Attribute) and (module := _reached(node, bound)):
            yield Import(importer, module, "", node.lineno)
        elif isinstance(node, ast.Constant) and node.value in written:
            yield Import(importer, node.value, "", node.lineno)


def _taken(base: str, name: str) -> tuple[str, str]:
    return (f"{base}.{name}", "") if f"{base}.{name}" in modules() else (base, name)


def _reached(node: ast.Attribute, bound: dict[str, str]) -> str:
    """The module that an attribute of an imported one is; empty if it is none."""
    parts: list[str] = []
    value: ast.expr = node
    while isinstance(value, ast.Attribute):
        parts.insert(0, value.attr)
        value = value.value
    known = bound.get(value.id) if isinstance(value, ast.Name) else None
    path = ".".join([known, *parts]) if known else ""
    return path if path in modules() else ""
