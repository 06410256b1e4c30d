"""Run a witness on the frameworks that are installed.

Each snippet runs in a new namespace, after the preamble of its framework and the setup
of the entry. The relation sees the names of the setup, `np`, and the result of each
framework under its name. A recording can stand in for a framework that is missing.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from netspec.differences._code import Raised, evaluate, execute, names_of
from netspec.differences._entry import Difference
from netspec.differences._frameworks import FRAMEWORKS, missing
from netspec.differences._recordings import STALE, Recording, recorded


@dataclass(frozen=True)
class Witness:
    """The results that the snippets of an entry gave, here and now or recorded.

    Attributes:
        results: by framework: an array, a number, text, None, or a tuple of them.
        missing: the command that installs what a framework needs, by framework.
        holds: True if the relation is true; None if a framework is missing.
        problem: why the relation does not hold; empty if it does.
        recorded: the recording that a result is from, by framework.
        stale: frameworks that are missing though there is a recording: of a snippet
            that has changed.
    """

    results: Mapping[str, Any]
    missing: Mapping[str, str]
    holds: bool | None
    problem: str = ""
    recorded: Mapping[str, Recording] = field(default_factory=dict)
    stale: tuple[str, ...] = ()


class _Missing(Exception):
    """A framework is not installed; carries the command that installs it."""


def witness(entry: Difference, *, stand_in: bool = False) -> Witness:
    """Run the snippets of an entry and its relation.

    The frameworks' global generators of random numbers are seeded, and stay so; their
    other settings are left as they were. Warnings are not shown.

    Args:
        entry: an entry of the registry, or made by hand.
        stand_in: whether recordings stand in for what is missing.

    Returns:
        The results; a snippet or a relation that fails does not raise.
    """
    results, absent = {}, {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for framework, snippet in entry.witness.items():
            try:
                results[framework] = run(entry, framework, snippet)
            except _Missing as error:
                absent[framework] = str(error)
        return _judged(entry, results, absent, stand_in)


def recall(entry: Difference) -> Witness:
    """Return what the recordings have of an entry, and run nothing but its relation.

    Where a framework has no recording, what would install it is in `missing`.
    """
    return _judged(entry, {}, {name: missing(name) for name in entry.witness}, True)


def _judged(
    entry: Difference,
    results: Mapping[str, Any],
    absent: Mapping[str, str],
    stand_in: bool,
) -> Witness:
    found = {name: recorded(entry, name) for name in absent} if stand_in else {}
    stale = tuple(name for name, had in found.items() if had is STALE)
    held = {name: had for name, had in found.items() if isinstance(had, Recording)}
    told = dict(results) | {name: had.result(entry) for name, had in held.items()}
    results = {name: told[name] for name in entry.witness if name in told}
    if rest := {name: hint for name, hint in absent.items() if name not in held}:
        return Witness(results, rest, None, recorded=held, stale=stale)
    problem = _unexpected(entry, results) or judge(entry, results)
    return Witness(results, {}, not problem, problem, held)


def run(entry: Difference, framework: str, snippet: str) -> Any:
    """Run one snippet and return its result, of NumPy and plain Python.

    Raises:
        Exception: what it needs is not installed.
    """
    if hint := missing(framework):
        raise _Missing(hint)
    setup, preamble = entry.setup or "", FRAMEWORKS[framework].preamble
    source = "\n".join((preamble, setup, snippet))
    try:
        return _plain(execute(source, f"<{entry.id}: {framework}>", {})["result"])
    except ModuleNotFoundError as error:
        raise _Missing(f"pip install {error.name}") from None
    except Exception as error:  # whatever a snippet raises is its result
        return Raised(f"{type(error).__name__}: {' '.join(str(error).split())}")


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
    try:
        names = names_of(entry, results)
        if evaluate(entry.relation, f"{entry.id}: relation", names):
            return ""
    except Exception as error:  # a relation that cannot be evaluated is not true
        return f"the relation raises {type(error).__name__}: {error}"
    return "the relation is false"


def equalized(entry: Difference) -> Mapping[str, Any]:
    """Run the code that is to give the same in all frameworks that are installed.

    Returns:
        By framework, the result of its snippet in `equal`.
    """
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for framework, snippet in (entry.equal or {}).items():
            try:
                found[framework] = run(entry, framework, snippet)
            except _Missing:
                continue
    return found
