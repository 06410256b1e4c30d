"""Encode reports as JSON documents, and decode them.

A document has

- ``schema``: the version of this format; a newer one is refused,
- ``verdict``, ``passed``, ``complete``, ``quick``, ``counts`` (rows by status): what
  the run came to,
- ``seed``, ``command``, ``started`` (UTC), ``environment`` (versions), ``specs`` (their
  documents, by name): what was run, and where,
- ``rows``: ``check``, ``backend``, ``spec``, ``dtype``, ``what`` and ``verdict``, which
  has ``status``, ``used``, ``allowed``, ``ratio``, ``reason``, ``conventions`` and
  ``histogram``: null, or ``edges``, ``counts`` and ``expected``,
- ``divergences``: ``backend``, ``spec``, ``dtype``, ``mode``, ``check``, ``suspects``,
  ``script``,
- ``seconds``: a list of ``backend``, ``check`` and ``seconds``.

Numbers that JSON lacks are the texts ``"Infinity"``, ``"-Infinity"`` and ``"NaN"``.
Fields may be added within a version, never renamed, removed or given another meaning.
Version 2 has the status ``refused``, which was ``unsupported`` before, and says
``weak`` only where the tensor is sharp in float64.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace
from itertools import pairwise
from typing import Any

from netspec.conformance.judging import STATUSES, Histogram, Verdict
from netspec.conformance.report._records import Localization, Row
from netspec.conformance.report._results import Results
from netspec.conformance.report._shape import (
    HISTOGRAM,
    LOCALIZATION,
    REPORT,
    ROW,
    fit,
)
from netspec.declare.rules import Json
from netspec.errors import NetspecError

SCHEMA = 2


def encode_report(report: Results) -> dict[str, Json]:
    """Return the document of a report."""
    return {
        "schema": SCHEMA,
        "verdict": report.verdict,
        "passed": report.passed,
        "complete": report.complete,
        "quick": report.quick,
        "counts": report.counts,
        "seed": report.seed,
        "command": report.command,
        "started": report.started,
        "environment": report.environment,
        "specs": report.specs,
        "rows": [encode_row(row) for row in report.rows],
        "divergences": [asdict(found) for found in report.divergences],
        "seconds": [
            {"backend": backend, "check": check, "seconds": seconds}
            for (backend, check), seconds in report.seconds.items()
        ],
    }


def decode_report(source: str) -> dict[str, Any]:
    """Read the fields of a report from a JSON text.

    Raises:
        NetspecError: the text is no report, or one of a newer version.
    """
    try:
        return _decode(json.loads(source))
    except NetspecError:
        raise
    except (KeyError, ValueError, OverflowError, RecursionError) as error:
        problem = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        raise NetspecError(f"not a conformance report: {problem}") from None


def _decode(document: Json) -> dict[str, Any]:
    fit(document, {"schema": int})
    if document["schema"] > SCHEMA:
        raise NetspecError(
            f"not a conformance report that can be read: it has version"
            f" {document['schema']}, this netspec reads up to {SCHEMA}; upgrade netspec"
        )
    fit(document, REPORT)
    rows = [decode_row(row) for row in document["rows"]]
    if document["schema"] == 1:
        rows = [*map(_unsettled, rows)]
    as_they_are = ("seed", "complete", "specs", "command", "environment", "started")
    return {
        **{name: document[name] for name in as_they_are},
        "quick": document.get("quick") is True,
        "rows": rows,
        "divergences": [*map(decode_localization, document["divergences"])],
        "seconds": {
            (spent["backend"], spent["check"]): spent["seconds"]
            for spent in document["seconds"]
        },
    }


def _unsettled(row: Row) -> Row:
    """Return a row of version 1: whether float64 is sharp where float32 is weak was not
    looked at then.
    """
    if row.verdict.status != "weak":
        return row
    return replace(row, verdict=replace(row.verdict, status="inconclusive"))


def encode_row(row: Row) -> dict[str, Json]:
    """Return the document of a row."""
    verdict = asdict(row.verdict) | {"ratio": row.verdict.ratio}
    return asdict(row) | {
        "verdict": {
            name: _encode_number(value) if isinstance(value, float) else value
            for name, value in verdict.items()
        }
    }


def decode_row(document: Json) -> Row:
    """Read a row from its document.

    Raises:
        KeyError: a field is missing.
        ValueError: a field has the wrong type, a number cannot be read, or the status
            is unknown.
    """
    fit(document, ROW, "a row")
    stated = document["verdict"]
    if stated["status"] not in STATUSES:
        raise ValueError(f"unknown status {stated['status']!r}")
    verdict = Verdict(
        stated["status"],
        float(stated["used"]),
        float(stated["allowed"]),
        stated["reason"],
        tuple(stated["conventions"]),
        _histogram(stated.get("histogram")),
    )
    named = {name: document[name] for name in ("check", "backend", "spec", "dtype")}
    return Row(**named, what=document["what"], verdict=verdict)


def _histogram(document: Json) -> Histogram | None:
    if document is None:
        return None
    fit(document, HISTOGRAM, "histogram")
    edges, counts, law = (tuple(document[name]) for name in HISTOGRAM)
    rising = all(one < next_one for one, next_one in pairwise(edges))
    if not (rising and len(edges) - 1 == len(counts) == len(law) > 0):
        raise ValueError("a histogram needs rising edges, one more than it has bins")
    return Histogram(edges, counts, law)


def _encode_number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else f"{'-' * (value < 0)}Infinity"


def decode_localization(document: Json) -> Localization:
    """Read a localization from its document.

    Raises:
        KeyError: a field is missing.
        ValueError: a field has the wrong type.
    """
    fit(document, LOCALIZATION, "a divergence")
    named = {name: document[name] for name in LOCALIZATION if name != "suspects"}
    check = str(document.get("check", ""))
    return Localization(**named, suspects=tuple(document["suspects"]), check=check)
