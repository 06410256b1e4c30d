"""Definitions that a file carries along, so that it does not need netspec: the source
of each class that it uses and of all definitions and imports that the class needs,
found in the syntax tree of the module.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec, resolve_name
from typing import Any, NamedTuple

from netspec.errors import BackendError, said, shorten
from netspec.program.render._imports import Import

# What has names of its own
SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


@dataclass
class Inliner:
    """Collects definitions and imports for one file.

    Attributes:
        packages: top-level packages whose definitions are carried along; names from
            other packages are imported.
        reserved: names that the file itself defines.
        definitions: source by name; a definition stands after those that it needs.
        imports: imports of the file.
    """

    packages: frozenset[str]
    reserved: tuple[str, ...] = ()
    definitions: dict[str, str] = field(default_factory=dict)
    imports: set[Import] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._origins = dict.fromkeys(self.reserved, "the exported file itself")

    def is_free(self, name: str) -> bool:
        """Tell whether nothing in the file has a name yet."""
        return name not in self._origins

    def carries(self, module: str) -> bool:
        """Tell whether definitions of a module are carried along."""
        return module.partition(".")[0] in self.packages

    def add_import(self, needed: Import) -> None:
        """Import a name, or carry its definition along if its package is in `packages`.

        Raises:
            BackendError: the name is taken, or its definition cannot be carried along.
        """
        if not self.carries(needed.module):
            self._claim(needed.bound, f"{needed.module}:{needed.name or ''}")
            self.imports.add(needed)
        elif needed.name is None or needed.alias:
            raise BackendError(
                f"`import` of {needed.module} cannot be exported; use"
                f" `from {needed.module} import name`, without `as`"
            )
        else:
            self.define(*_origin(needed.module, needed.name))

    def define(self, module: str, name: str) -> None:
        """Carry a definition along, after the definitions that it needs.

        Raises:
            BackendError: its source cannot be found, or its name is taken.
        """
        if not self._claim(name, f"{module}:{name}"):
            return
        source = _read(module)
        if name not in source.definitions:
            raise BackendError(
                f"the source of {module}:{name} cannot be exported; it must be a class,"
                " function or constant defined at the top level of its module"
            )
        definition = source.definitions[name]
        for used in definition.uses:
            if used in source.definitions:
                self.define(module, used)
            elif used in source.imports:
                self.add_import(source.imports[used])
        self.imports |= source.future
        self.definitions[name] = definition.text

    def _claim(self, name: str, origin: str) -> bool:
        """Reserve a name for what comes from `origin`; tell whether the name is new.

        Raises:
            BackendError: the name is reserved for something from elsewhere.
        """
        new = name not in self._origins
        held = self._origins.setdefault(name, origin)
        if held != origin:
            raise BackendError(
                f"the exported file needs {origin} and {held} under the name {name};"
                " rename one of them"
            )
        return new


class Definition(NamedTuple):
    """A statement that binds a name.

    Attributes:
        text: source of the statement.
        uses: the names that it reads, in order.
    """

    text: str
    uses: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """The definitions and imports of a module, by name."""

    definitions: dict[str, Definition]
    imports: dict[str, Import]

    @property
    def future(self) -> set[Import]:
        """The ``__future__`` imports, which change the meaning of the whole module."""
        return {found for found in self.imports.values() if found.section == 0}


def _origin(module: str, name: str) -> tuple[str, str]:
    """Follow re-exports of a name to the module that defines it."""
    passed = _read(module).imports.get(name)
    if passed is None or passed.name is None or passed.alias:
        return module, name
    return _origin(passed.module, passed.name)


def _read(module: str) -> Source:
    try:
        return _parse(module, _source(module))
    except (ImportError, OSError, TypeError) as error:
        raise BackendError(
            f"the source of module {module} cannot be read: {said(error)}; export needs"
            " it in a file"
        ) from error


def _source(module: str) -> str:
    """Return the text of a module; unless it is imported already, it need not be."""
    if module in sys.modules:
        return inspect.getsource(sys.modules[module])
    found = _found(module)
    loader: Any = found.loader
    text: str | None = loader.get_source(module)
    if text is None:
        raise OSError("it is no Python")
    return text


@cache
def _found(module: str) -> ModuleSpec:
    """Find a module without running the packages that it is in."""
    top, *inside = module.split(".")
    found = find_spec(top)
    for i in range(len(inside)):
        path = found and found.submodule_search_locations
        name = ".".join((top, *inside[: i + 1]))
        found = PathFinder.find_spec(name, path) if path else None
    if found is None:
        raise ModuleNotFoundError(f"No module named {shorten(module)}")
    return found


@cache
def _parse(module: str, text: str) -> Source:
    lines = text.splitlines()
    definitions: dict[str, Definition] = {}
    imports: dict[str, Import] = {}
    for statement in _statements(ast.parse(text).body):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            found = _imports(statement, _package(module))
            imports |= {entry.bound: entry for entry in found}
        else:
            defined = Definition(_text(statement, lines), tuple(_uses(statement)))
            definitions |= dict.fromkeys(_bound(statement), defined)
    return Source(definitions, imports)


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements, and the imports that stand under a condition."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If):
            inside = _statements(statement.body)
            yield from (s for s in inside if isinstance(s, ast.Import | ast.ImportFrom))


def _package(module: str) -> str:
    if module in sys.modules:
        return getattr(sys.modules[module], "__package__", None) or ""
    return _found(module).parent or ""


def _imports(statement: ast.Import | ast.ImportFrom, package: str) -> Iterator[Import]:
    if isinstance(statement, ast.Import):
        for name in statement.names:
            yield Import(name.name, None, name.asname)
        return
    relative = "." * statement.level + (statement.module or "")
    module = resolve_name(relative, package) if statement.level else relative
    for name in statement.names:
        renamed = name.asname != name.name  # `X as X` re-exports X
        yield Import(module, name.name, name.asname if renamed else None)


def _bound(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
        return [name.id for name in names if isinstance(name.ctx, ast.Store)]
    return []


def _uses(statement: ast.stmt) -> Iterable[str]:
    own = {id(node) for node in _own_names(statement)}
    names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    read = (n.id for n in names if isinstance(n.ctx, ast.Load) and id(n) not in own)
    return dict.fromkeys(name for name in read if not hasattr(builtins, name))


def _own_names(statement: ast.stmt) -> Iterator[ast.Name]:
    """Find where functions and comprehensions use names that they bind themselves."""
    for scope in ast.walk(statement):
        if not isinstance(scope, SCOPES):
            continue
        inside = list(_directly_in(scope))
        bound = {name for node in inside for name in _binds(node)}
        bound -= {
            n for node in inside if isinstance(node, ast.Global) for n in node.names
        }
        body = getattr(scope, "body", scope)
        for part in body if isinstance(body, list) else [body]:
            for node in ast.walk(part):
                if isinstance(node, ast.Name) and node.id in bound:
                    yield node


def _directly_in(scope: ast.AST) -> Iterator[ast.AST]:
    """All nodes of a scope but those of the scopes in it."""
    for node in ast.iter_child_nodes(scope):
        yield node
        if not isinstance(node, (*SCOPES, ast.ClassDef)):
            yield from _directly_in(node)


def _binds(node: ast.AST) -> Iterator[str]:
    """Give the name that a node binds, if it binds one."""
    if isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id


def _text(statement: ast.stmt, lines: list[str]) -> str:
    decorators = getattr(statement, "decorator_list", [])
    start = min(node.lineno for node in (statement, *decorators))
    return "\n".join(lines[start - 1 : statement.end_lineno])
