"""Run the code of an entry: its setup, its snippets and its expressions."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np

from netspec.differences._entry import Difference

Namespace = dict[str, Any]


class Raised(str):
    """An exception as a result: its type, a colon and its message on one line."""

    __slots__ = ()


def execute(source: str, name: str, namespace: Namespace) -> Namespace:
    """Run code and return its namespace; a last expression becomes `result`."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        target = ast.Name("result", ast.Store())
        tree.body[-1] = ast.Assign([target], last.value)
        ast.fix_missing_locations(tree)
    exec(compile(tree, name, "exec"), namespace)  # noqa: S102 (the registry's own)
    return namespace


def names_of(entry: Difference, results: Mapping[str, Any]) -> Namespace:
    """Return what the expressions of an entry see: `np`, its setup and its results."""
    names: Namespace = {"np": np}
    execute(entry.setup or "", f"<{entry.id}: setup>", names)
    return names | dict(results)


def value(entry: Difference, expression: str, results: Mapping[str, Any]) -> Any:
    """Return the value of an expression of an entry, such as the check of an exercise.

    Args:
        entry: entry whose setup the expression sees.
        expression: Python, of one or several lines.
        results: by framework, as `witness` or `recall` give them.
    """
    return evaluate(expression, entry.id, names_of(entry, results))


def evaluate(expression: str, what: str, names: Namespace) -> Any:
    """Return the value of an expression of an entry.

    Args:
        expression: Python, of one or several lines.
        what: which one it is, for a traceback.
        names: as `names_of` gives them.
    """
    code = compile(f"({expression}\n)", f"<{what}>", "eval")
    return eval(code, dict(names))  # noqa: S307 (the registry's own)
