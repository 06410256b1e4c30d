"""Prepare the data that the template of the page shows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from inspect import getdoc
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from netspec.conformance.checks import CHECKS
from netspec.conformance.judging import STATUSES
from netspec.conformance.report import _drawing as drawing
from netspec.conformance.report._overview import (
    Group,
    about,
    causes,
    declarations,
    groups,
    number,
    several,
    spread,
    strain,
    tally,
    weakly,
    word,
)
from netspec.conformance.report._records import UNDECIDED, Localization, Row, count
from netspec.conformance.report._results import Results
from netspec.contract import backends
from netspec.spec import documents

# Ends of the axis of used/allowed, as powers of ten
LEAST, MOST = -4, 2
MODEL = attrgetter("backend", "dtype", "spec")
LOOKS = {
    "PASSED": "pass",
    "FAILED": "fail",
    "UNDECIDED": "inconclusive",
    "INTERRUPTED": "weak",
}


def view(report: Results) -> dict[str, Any]:
    """Return the names that the template uses, in addition to the report."""
    return {
        "about": about,
        "axis": (10.0**LEAST, 10.0**MOST),
        "backends": _backends(report),
        "checks": _checks(report.rows),
        "declarations": declarations(report.rows),
        "failures": _failures(report),
        "drawing": drawing,
        "histograms": _histograms(report.rows),
        "look": LOOKS[report.verdict],
        "meanings": STATUSES,
        "models": {
            name: documents.to_yaml(spec) for name, spec in report.specs.items()
        },
        "number": number,
        "place": place,
        "lacking": causes(report.rows, "unsupported"),
        "several": several,
        "spread": spread,
        "started": report.started[:16].replace("T", " ") + " UTC",
        "tally": tally(report),
        "undecided": causes(report.rows, *UNDECIDED),
        "weak": weakly(report),
        "word": word(report),
    }


def place(ratio: float) -> float:
    """Return the position of used/allowed on its logarithmic axis, in percent."""
    if math.isnan(ratio) or ratio >= 10.0**MOST:
        return 100.0
    power = math.log10(ratio) if ratio > 0 else LEAST
    return round(max(0.0, 100 * (power - LEAST) / (MOST - LEAST)), 2)


# By backend


class Tested(NamedTuple):
    """The results of one backend.

    Attributes:
        name: name of the backend.
        version: version of its framework; empty if unknown.
        counts: number of its rows by status, worst first.
    """

    name: str
    version: str
    counts: dict[str, int]


def _backends(report: Results) -> list[Tested]:
    return [
        Tested(name, _version(name, report.environment), count(rows))
        for name, rows in _by(attrgetter("backend"), report.rows).items()
    ]


def _version(backend: str, environment: dict[str, str]) -> str:
    registered = backends().get(backend)
    requirement = registered.requirement if registered else None
    version = environment.get(requirement or "", "")
    return f"{requirement} {version}" if version else ""


# By check


class Tables(NamedTuple):
    """The results of one check for one backend.

    Attributes:
        backend: the backend under test.
        groups: one for each dtype.
        counts: number of rows by status, worst first.
        rows: by dtype and model, the worst status first.
    """

    backend: str
    groups: list[Group]
    counts: dict[str, int]
    rows: dict[tuple[str, str], list[Row]]


class Section(NamedTuple):
    """One check: its name, what it proves, and its results for each backend."""

    check: str
    purpose: str
    tables: list[Tables]


def _checks(rows: Sequence[Row]) -> list[Section]:
    return [
        Section(
            check,
            _purpose(check),
            [_tables(*of) for of in groupby(found, attrgetter("backend"))],
        )
        for check, found in groupby(groups(rows), attrgetter("check"))
    ]


def _purpose(check: str) -> str:
    """Return the first paragraph of the docstring of a check."""
    said = getdoc(CHECKS[check]) if check in CHECKS else ""
    return (said or "").partition("\n\n")[0]


def _tables(backend: str, found: Iterable[Group]) -> Tables:
    of_dtypes = list(found)
    rows = [row for group in of_dtypes for row in group.rows]
    tables = _by(attrgetter("dtype", "spec"), rows)
    return Tables(backend, of_dtypes, count(rows), tables)


# What failed


class Failure(NamedTuple):
    """The rows of a model of a backend that failed.

    Attributes:
        backend: the backend under test.
        dtype: dtype of the model.
        spec: name of the model, or of the layer alone.
        worst: the row that is furthest off.
        rows: all that failed.
        divergences: where the model begins to diverge.
    """

    backend: str
    dtype: str
    spec: str
    worst: Row
    rows: list[Row]
    divergences: list[Localization]


def _failures(report: Results) -> list[Failure]:
    begins = _by(MODEL, report.divergences)
    failed = [row for row in report.rows if row.verdict.status == "fail"]
    return [
        Failure(
            *(backend, dtype, spec),
            worst=max(rows, key=strain),
            rows=rows,
            divergences=begins.get((backend, dtype, spec), []),
        )
        for (backend, dtype, spec), rows in _by(MODEL, failed).items()
    ]


# First weights


def _histograms(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Group the rows that have a histogram by what was drawn, then by backend."""
    drawn = (row for row in rows if row.verdict.histogram)
    in_order = [row for group in groups(drawn) for row in group.rows]
    return _by(lambda row: row.what.rpartition(":")[0] or row.what, in_order)


def _by(key: Callable[[Any], Any], values: Iterable[Any]) -> dict[Any, list[Any]]:
    """Group values by a key, in the order in which the keys are first seen."""
    found: dict[Any, list[Any]] = {}
    for value in values:
        found.setdefault(key(value), []).append(value)
    return found
