"""Encode reports as JSON documents, and decode them.

A document has

- ``schema``: the version of this format; a newer one is refused,
- ``passed``, ``complete``, ``counts`` (rows by status): the verdict on the run,
- ``seed``, ``command``, ``started`` (UTC), ``environment`` (versions), ``specs`` (their
  documents, by name): what was run, and where,
- ``rows``: ``check``, ``backend``, ``spec``, ``dtype``, ``what`` and ``verdict``, which
  has ``status``, ``used``, ``allowed``, ``ratio``, ``reason``, ``conventions`` and
  ``histogram``: null, or ``edges``, ``counts`` and ``expected``,
- ``divergences``: ``backend``, ``spec``, ``dtype``, ``mode``, ``suspects``, ``script``,
- ``seconds``: a list of ``backend``, ``check`` and ``seconds``.

Numbers that JSON lacks are the texts ``"Infinity"``, ``"-Infinity"`` and ``"NaN"``.
Fields may be added within a version, never renamed, removed or given another meaning.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from netspec.conformance.judging import STATUSES, Histogram, Verdict
from netspec.conformance.report._records import Localization, Row
from netspec.conformance.report._results import Results
from netspec.declare.rules import Json
from netspec.errors import NetspecError

SCHEMA = 1


def encode_report(report: Results) -> dict[str, Json]:
    """Return the document of a report."""
    return {
        "schema": SCHEMA,
        "passed": report.passed,
        "complete": report.complete,
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
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        problem = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        raise NetspecError(f"not a conformance report: {problem}") from None


def _decode(document: Mapping[str, Json]) -> dict[str, Any]:
    if document["schema"] > SCHEMA:
        raise NetspecError(
            f"it has version {document['schema']}, this netspec reads up to {SCHEMA};"
            " upgrade netspec"
        )
    return {
        "seed": document["seed"],
        "rows": [decode_row(row) for row in document["rows"]],
        "divergences": [
            decode_localization(found) for found in document["divergences"]
        ],
        "complete": document["complete"],
        "seconds": {
            (spent["backend"], spent["check"]): spent["seconds"]
            for spent in document["seconds"]
        },
        "specs": document["specs"],
        "command": document["command"],
        "environment": document["environment"],
        "started": document["started"],
    }


def encode_row(row: Row) -> dict[str, Json]:
    """Return the document of a row."""
    verdict = asdict(row.verdict) | {"ratio": row.verdict.ratio}
    return asdict(row) | {
        "verdict": {
            name: _encode_number(value) if isinstance(value, float) else value
            for name, value in verdict.items()
        }
    }


def decode_row(document: Mapping[str, Json]) -> Row:
    """Read a row from its document.

    Raises:
        KeyError: a field is missing.
        ValueError: a number cannot be read, or the status is unknown.
    """
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


def _histogram(document: Mapping[str, Json] | None) -> Histogram | None:
    if document is None:
        return None
    return Histogram(**{name: tuple(values) for name, values in document.items()})


def _encode_number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else f"{'-' * (value < 0)}Infinity"


def decode_localization(document: Mapping[str, Any]) -> Localization:
    """Read a localization from its document."""
    return Localization(**{**document, "suspects": tuple(document["suspects"])})
