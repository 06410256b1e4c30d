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

import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from itertools import pairwise
from typing import Any

from netspec.conformance.judging import STATUSES, Histogram, Verdict
from netspec.conformance.report._read import (
    field,
    finite,
    items,
    mapped,
    number,
    numbers,
    texts,
)
from netspec.conformance.report._records import Localization, Row
from netspec.conformance.report._results import Results
from netspec.declare.rules import Json
from netspec.errors import NetspecError, said, shorten
from netspec.spec import documents

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
        return _decode(documents.parse_json(source))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        problem = f"lacks {error}" if isinstance(error, KeyError) else said(error)
        raise NetspecError(f"not a conformance report: {problem}") from None


def _decode(document: Json) -> dict[str, Any]:
    version = field(document, "schema", int)
    if version > SCHEMA:
        raise NetspecError(
            f"it has version {version}, this netspec reads up to {SCHEMA};"
            " upgrade netspec"
        )
    seed = field(document, "seed", int)
    rows = [decode_row(row) for row in field(document, "rows", list)]
    return {
        "seed": seed,
        "quick": version > 1 and field(document, "quick", bool),
        "rows": [*map(_unsettled, rows)] if version == 1 else rows,
        "divergences": [
            decode_localization(found) for found in field(document, "divergences", list)
        ],
        "complete": field(document, "complete", bool),
        "seconds": dict(map(_decode_time, field(document, "seconds", list))),
        "specs": _decode_specs(document),
        "environment": _decode_environment(document),
        **texts(document, "command", "started"),
    }


def _unsettled(row: Row) -> Row:
    """Return a row of version 1: whether float64 is sharp where float32 is weak was not
    looked at then.
    """
    if row.verdict.status != "weak":
        return row
    return replace(row, verdict=replace(row.verdict, status="inconclusive"))


def _decode_time(spent: Json) -> tuple[tuple[str, str], float]:
    named = texts(spent, "backend", "check")
    return (named["backend"], named["check"]), finite(spent["seconds"], "seconds")


def _decode_environment(document: Mapping[str, Json]) -> dict[str, str]:
    environment = mapped(document, "environment", str)
    return environment | texts(environment, "netspec")


def _decode_specs(document: Mapping[str, Json]) -> dict[str, Json]:
    specs = mapped(document, "specs", dict)
    for spec in specs.values():
        documents.check_depth(spec)
        documents.canonical_json(spec)  # refuses what no JSON text can hold
    return specs


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
        TypeError: a value has another type.
        ValueError: the status is unknown, or a number is out of range.
    """
    stated = field(document, "verdict", dict)
    status = field(stated, "status", str)
    if status not in STATUSES:
        raise ValueError(f"unknown status {shorten(status)}")
    verdict = Verdict(
        status,
        number(stated["used"], "used"),
        number(stated["allowed"], "allowed"),
        field(stated, "reason", str),
        items(stated, "conventions", str),
        _histogram(stated.get("histogram")),
    )
    named = texts(document, "check", "backend", "spec", "dtype", "what")
    return Row(**named, verdict=verdict)


def _histogram(document: Json) -> Histogram | None:
    if document is None:
        return None
    edges, expected = numbers(document, "edges"), numbers(document, "expected")
    counts = tuple(map(int, numbers(document, "counts")))
    if not len(edges) - 1 == len(counts) == len(expected) > 0:
        raise ValueError("a histogram has a count, and an expected one, for each bin")
    if any(low >= high for low, high in pairwise(edges)):
        raise ValueError("the edges of a histogram must rise")
    return Histogram(edges, counts, expected)


def _encode_number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else f"{'-' * (value < 0)}Infinity"


def decode_localization(document: Mapping[str, Any]) -> Localization:
    """Read a localization from its document.

    Raises:
        KeyError: a field is missing.
        TypeError: a value has another type.
    """
    named = texts(document, "backend", "spec", "dtype", "mode", "script")
    if "check" in document:
        named |= texts(document, "check")
    return Localization(**named, suspects=items(document, "suspects", str))
