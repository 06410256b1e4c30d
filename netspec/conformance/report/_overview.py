"""Summarize a report, for the terminal and for the page."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from netspec.conformance.report._records import Row, count
from netspec.conformance.report._results import Results
from netspec.differences import Difference, entries


@dataclass(frozen=True)
class Group:
    """The rows of one check for one backend in one dtype.

    Attributes:
        check: name of the check.
        backend: the backend under test.
        dtype: ``"float32"`` or ``"float64"``.
        rows: at least one.
    """

    check: str
    backend: str
    dtype: str
    rows: tuple[Row, ...]

    @cached_property
    def counts(self) -> dict[str, int]:
        """Number of rows of each status, worst first."""
        return count(self.rows)

    @property
    def status(self) -> str:
        """The worst status."""
        return next(iter(self.counts))

    @cached_property
    def worst(self) -> Row | None:
        """The row with the largest used over allowed; None without a tolerance."""
        judged = [row for row in self.rows if has_tolerance(row)]
        return max(judged, key=strain) if judged else None


def has_tolerance(row: Row) -> bool:
    """Tell whether a row measures a distance, rather than being right or wrong."""
    return row.verdict.allowed > 0 or row.verdict.used > 0


def strain(row: Row) -> tuple[bool, float]:
    """Return a sort key for rows: failures come last, and NaN is as bad as infinity."""
    ratio = row.verdict.ratio
    return row.verdict.status == "fail", math.inf if math.isnan(ratio) else ratio


def number(ratio: float) -> str:
    """Format used over allowed with two digits."""
    return f"{ratio:.2g}"


def groups(rows: Iterable[Row]) -> list[Group]:
    """Group rows by check, backend and dtype, each in the order of its first row."""
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.check, row.backend, row.dtype), []).append(row)
    orders = [list(dict.fromkeys(names)) for names in zip(*found, strict=True)]
    return [
        Group(*key, tuple(found[key]))
        for key in sorted(
            found,
            key=lambda key: [o.index(k) for o, k in zip(orders, key, strict=True)],
        )
    ]


# The verdict on the run


def word(report: Results) -> str:
    """Return the verdict on a run in a word or two, in capitals."""
    if not report.complete:
        return "INTERRUPTED"
    if not report.passed:
        return "FAILED"
    return "PASSED WEAKLY" if "weak" in report.counts else "PASSED"


def tally(report: Results) -> str:
    """Say how many comparisons a run made, and how many have each status."""
    if report.complete and not report.rows:
        return "no check has anything to look at in these specs"
    counts = ", ".join(f"{n:,} {status}" for status, n in report.counts.items())
    told = several(report.rows, "comparison") + (f": {counts}" if counts else "")
    unproved = ", ".join(report.unproved)
    return f"{told}; nothing is proved of {unproved}" if unproved else told


def several(rows: Sequence[Row], noun: str) -> str:
    """Count rows in words, such as "1 tensor" or "2 tensors"."""
    return f"{len(rows):,} {noun}{'s' * (len(rows) != 1)}"


# Reasons and conventions that many rows share are listed once


@dataclass(frozen=True)
class Refusal:
    """Something that a backend cannot do, and the rows for which that matters.

    Attributes:
        backend: name of the backend that refused.
        reason: reason that the backend gave.
        rows: rows that are unsupported for this reason.
    """

    backend: str
    reason: str
    rows: tuple[Row, ...]


def refusals(rows: Iterable[Row]) -> list[Refusal]:
    """List each reason of each backend for which rows are unsupported."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row.verdict.status == "unsupported":
            found.setdefault((row.backend, row.verdict.reason), []).append(row)
    return [Refusal(*key, tuple(held)) for key, held in found.items()]


@dataclass(frozen=True)
class Declaration:
    """A convention of a backend on which some verdicts rest.

    Attributes:
        backend: name of the backend that declares the convention.
        convention: a field of `netspec.contract.Numerics`.
        rows: rows that agree with the reference because it follows the convention.
        entries: entries of the registry of known differences, on this convention; empty
            if the registry does not know the backend.
    """

    backend: str
    convention: str
    rows: tuple[Row, ...]
    entries: tuple[Difference, ...]


def declarations(rows: Iterable[Row]) -> list[Declaration]:
    """List the declared conventions of each backend on which verdicts rest."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        for convention in row.verdict.conventions:
            found.setdefault((row.backend, convention), []).append(row)
    return [
        Declaration(*key, tuple(held), _known(*key, held))
        for key, held in found.items()
    ]


def _known(backend: str, convention: str, rows: list[Row]) -> tuple[Difference, ...]:
    """Find the entries on a convention; only those on the compared
    layers, if there are any.
    """
    names = {name for row in rows for name in re.findall(r"^\w+", row.spec)}
    on_backend = [
        entry
        for entry in entries()
        if entry.numerics == convention and backend in entry.witness
    ]
    on_layers = [entry for entry in on_backend if names & set(entry.about)]
    return tuple(on_layers or on_backend)
