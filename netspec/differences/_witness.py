"""Run a witness on the frameworks that are installed.

Each snippet runs in a new namespace, after the preamble of its framework and the setup
of the entry. The relation sees the names of the setup, `np`, and the result of each
framework under its name.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from netspec.differences._entry import Difference
from netspec.differences._frameworks import FRAMEWORKS, missing

Namespace = dict[str, Any]


class Raised(str):
    """An exception as a result: its type, a colon and its message on one line."""

    __slots__ = ()


@dataclass(frozen=True)
class Witness:
    """The results that the snippets of an entry gave, here and now.

    Attributes:
        results: by framework: an array, a number, text, None, or a tuple of them.
        missing: the command that installs what a framework needs, by framework.
        holds: True if the relation is true; None if a framework is missing.
        problem: why the relation does not hold; empty if it does.
    """

    results: Mapping[str, Any]
    missing: Mapping[str, str]
    holds: bool | None
    problem: str = ""


class _Missing(Exception):
    """A framework is not installed; carries the command that installs it."""


def witness(entry: Difference) -> Witness:
    """Run the snippets of an entry and its relation.

    The frameworks' global generators of random numbers are seeded, and stay so; their
    other settings are left as they were. Warnings are not shown.

    Args:
        entry: an entry of the registry, or made by hand.

    Returns:
        The results; a snippet or a relation that fails does not raise.
    """
    results, absent = {}, {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for framework in entry.witness:
            try:
                results[framework] = _result(entry, framework)
            except _Missing as error:
                absent[framework] = str(error)
        if absent:
            return Witness(results, absent, None)
        problem = _unexpected(entry, results) or judge(entry, results)
    return Witness(results, {}, not problem, problem)


def _result(entry: Difference, framework: str) -> Any:
    if hint := missing(framework):
        raise _Missing(hint)
    setup, preamble = entry.setup or "", FRAMEWORKS[framework].preamble
    source = "\n".join((preamble, setup, entry.witness[framework]))
    try:
        return _plain(_execute(source, f"<{entry.id}: {framework}>", {})["result"])
    except ModuleNotFoundError as error:
        raise _Missing(f"pip install {error.name}") from None
    except Exception as error:  # whatever a snippet raises is its result
        return Raised(f"{type(error).__name__}: {' '.join(str(error).split())}")


def _execute(source: str, name: str, namespace: Namespace) -> Namespace:
    """Run code and return its namespace; a last expression becomes `result`."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        target = ast.Name("result", ast.Store())
        tree.body[-1] = ast.Assign([target], last.value)
        ast.fix_missing_locations(tree)
    exec(compile(tree, name, "exec"), namespace)  # noqa: S102 (the registry's own)
    return namespace


def _plain(value: Any) -> Any:
    """Convert a value of a framework to NumPy or plain Python; arrays are copied."""
    if isinstance(value, list | tuple):
        return tuple(map(_plain, value))
    if value is None or isinstance(value, str | int | float):
        return value
    detached = value.detach() if hasattr(value, "detach") else value
    return detached.asnumpy() if hasattr(value, "asnumpy") else np.array(detached)


def _unexpected(entry: Difference, results: Mapping[str, Any]) -> str:
    for framework, result in results.items():
        raised = isinstance(result, Raised)
        if raised and framework not in entry.raises:
            return f"{framework} raises {result}"
        if not raised and framework in entry.raises:
            return f"{framework} no longer raises"
    return ""


def judge(entry: Difference, results: Mapping[str, Any]) -> str:
    """Say why the relation of an entry is not true of some results; empty if it is.

    Args:
        entry: entry whose relation and setup are evaluated.
        results: one for each framework.
    """
    names: Namespace = {"np": np}
    try:
        _execute(entry.setup or "", f"<{entry.id}: setup>", names)
        relation = compile(f"({entry.relation}\n)", f"<{entry.id}: relation>", "eval")
        if eval(relation, names | dict(results)):  # noqa: S307 (the registry's own)
            return ""
    except Exception as error:  # a relation that cannot be evaluated is not true
        return f"the relation raises {type(error).__name__}: {error}"
    return "the relation is false"
