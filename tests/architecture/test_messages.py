"""No error is as long as what it quotes: texts from outside go through `shorten`,
messages of foreign exceptions through `said`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from netspec import errors

ROOT = Path(__file__).parents[2]
FAMILY = {
    name
    for name, held in vars(errors).items()
    if isinstance(held, type) and issubclass(held, errors.NetspecError)
}
REPR = ord("r")
PROTOCOL = ("AttributeError", "dataclasses.FrozenInstanceError")


def sources() -> Iterator[Path]:
    for folder in ("netspec", "backends"):
        yield from (ROOT / folder).rglob("*.py")


def raised(tree: ast.AST) -> Iterator[ast.FormattedValue]:
    """What is put into the texts of what is raised."""
    for statement in ast.walk(tree):
        if isinstance(statement, ast.Raise) and not python_s_own(statement):
            for node in ast.walk(statement):
                if isinstance(node, ast.FormattedValue):
                    yield node


def python_s_own(statement: ast.Raise) -> bool:
    """Whether a protocol of Python asks for the error, as that of attributes does."""
    made = ast.unparse(statement)
    return any(f"raise {kind}(" in made for kind in PROTOCOL)


def foreign(handler: ast.ExceptHandler) -> bool:
    """Whether a handler catches what is none of ours."""
    kinds = handler.type
    names = kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]
    return not all(isinstance(name, ast.Name) and name.id in FAMILY for name in names)


def quotes(value: ast.expr, name: str | None) -> bool:
    """Whether a value is the message of an exception: ``error``, ``str(error)``."""
    if isinstance(value, ast.Call):
        called = isinstance(value.func, ast.Name) and value.func.id == "str"
        return called and any(quotes(argument, name) for argument in value.args)
    return isinstance(value, ast.Name) and value.id == name


def long_texts(source: str) -> list[int]:
    """The lines where an error quotes a text that may be long."""
    tree = ast.parse(source)
    lines = [node.lineno for node in raised(tree) if node.conversion == REPR]
    for handler in ast.walk(tree):
        if isinstance(handler, ast.ExceptHandler) and foreign(handler):
            found = (n for n in raised(handler) if quotes(n.value, handler.name))
            lines += [node.lineno for node in found]
    return lines


def test_every_error_shortens_what_it_quotes() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources()
        for line in long_texts(path.read_text(encoding="utf-8"))
    }
    assert found == set(), "write {shorten(value)}, or {said(error)}"


def test_what_may_be_long_is_seen() -> None:
    assert long_texts('raise SpecError(f"no {name!r}")') == [1]
    caught = "try: f()\nexcept {} as error: raise SpecError(f'not read: {{{}}}')"
    assert long_texts(caught.format("OSError", "error")) == [2]
    assert long_texts(caught.format("(OSError, SpecError)", "str(error)")) == [2]
    assert long_texts(caught.format("SpecError", "error")) == []
    assert long_texts(caught.format("OSError", "said(error)")) == []
