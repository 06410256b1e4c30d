"""Summarize a report, for the terminal and for the page."""

from __future__ import annotations

import math
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
    """Return the verdict on a run in a word or two."""
    return f"{report.verdict} (quick)" if report.quick else report.verdict


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


def spread(names: Iterable[str], most: int = 4) -> str:
    """Join different names; after `most` of them, count the rest."""
    different = list(dict.fromkeys(names))
    left = len(different) - most
    shown = different if left <= 1 else [*different[:most], f"{left} more"]
    return ", ".join(shown)


# What many rows share is told once


@dataclass(frozen=True)
class Cause:
    """Why rows of a backend have no better verdict, and all the rows that share it.

    Attributes:
        backend: name of the backend.
        reason: of the verdicts; where they differ in their details, what they share.
        rows: all that have this status for this reason.
    """

    backend: str
    reason: str
    rows: tuple[Row, ...]

    @property
    def status(self) -> str:
        """The status of all rows."""
        return self.rows[0].verdict.status

    @property
    def worst(self) -> Row:
        """The row with the largest used over allowed."""
        return max(self.rows, key=strain)


def causes(rows: Iterable[Row], *statuses: str) -> list[Cause]:
    """List each reason of each backend for which rows have one of these statuses.

    What is inconclusive for the same reason is told once, whatever the details after
    the colon.
    """
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        status, reason = row.verdict.status, row.verdict.reason
        if status in statuses:
            shared = reason.partition(": ")[0] if status == "inconclusive" else reason
            found.setdefault((row.backend, status, shared), []).append(row)
    return [
        Cause(backend, _shared(held, reason), tuple(held))
        for (backend, _, reason), held in found.items()
    ]


def _shared(rows: Iterable[Row], head: str) -> str:
    reasons = {row.verdict.reason for row in rows}
    return reasons.pop() if len(reasons) == 1 else head


def about(cause: Cause) -> str:
    """Say in one line how many comparisons share a cause, and of what they are."""
    names = (
        spread((getattr(row, name) for row in cause.rows), most)
        for name, most in (("check", 9), ("dtype", 2), ("spec", 4))
    )
    checks, dtypes, specs = names
    return f"{several(cause.rows, 'comparison')}, {checks}, {dtypes}: {specs}"


def weakly(report: Results) -> str:
    """Say in a line how many verdicts are weak, and what that means; empty if none."""
    count = report.counts.get("weak", 0)
    if not count:
        return ""
    sharp = "were not sharpened" if report.quick else "are sharp in float64"
    return (
        f"{count:,} weak: rounding alone may move these by more than 1e-3 in float32;"
        f" they {sharp}"
    )


@dataclass(frozen=True)
class Declaration:
    """A convention of a backend on which some verdicts rest.

    Attributes:
        backend: name of the backend that declares the convention.
        convention: a field of `netspec.contract.Numerics`; of ``float32_scalars`` whose
            scalars, as in ``"float32_scalars: LayerNorm"``.
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
        owners = (name.partition(".")[0] for name in row.verdict.conventions)
        for convention in dict.fromkeys(owners):
            found.setdefault((row.backend, convention), []).append(row)
    return [Declaration(*key, tuple(held), _known(*key)) for key, held in found.items()]


def _known(backend: str, convention: str) -> tuple[Difference, ...]:
    """Find the entries on a convention; of scalars, those about their owner."""
    field, _, owner = convention.partition(": ")
    topic = "optimizers" if owner == "Optimizer" else owner
    return tuple(
        entry
        for entry in entries()
        if entry.numerics == field and backend in entry.witness
        if not topic or topic in entry.about
    )
