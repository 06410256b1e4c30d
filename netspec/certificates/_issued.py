"""Issue a certificate of what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from netspec.certificates._certificate import Best, Certificate, Lost, Model
from netspec.certificates._judge import settled
from netspec.certificates._parts import Part, Request
from netspec.certificates._weights import digest_of
from netspec.conformance.report import Report, Row


def issued(
    request: Request, found: Part, best: Sequence[Best], lost: Lost, named: bool
) -> Certificate:
    """Put a certificate together.

    Args:
        request: what was asked.
        found: what was found.
        best: on the user's own batch.
        lost: what is not preserved.
        named: whether backends were asked for by name: then a refusal counts.
    """
    spec, rows = request.spec, settled(found.rows)
    targets = {target.name for target in request.targets}
    lacking = {} if named else _lacking(rows, targets)
    rows = [row for row in rows if row.backend not in lacking]
    if not named:
        rows = [_listed(row) if row.backend in targets else row for row in rows]
    model = Model(
        spec.name,
        spec.digest,
        digest_of(request.params),
        spec.input_shape,
        sum(parameter.size for parameter in spec.parameters().values()),
        found.kind,
        found.digest,
    )
    report = Report(request.asked.seed, rows)
    report.specs = {spec.name: spec.to_dict()}
    facts = found.names, tuple(found.bits), tuple(best)
    return Certificate(model, found.compared, report, *facts, lost, lacking)


def _lacking(rows: Iterable[Row], targets: set[str]) -> dict[str, str]:
    """Find the backends that refuse everything, and why."""
    found: dict[str, set[str]] = {}
    reasons: dict[str, str] = {}
    for row in rows:
        found.setdefault(row.backend, set()).add(row.verdict.status)
        reasons.setdefault(row.backend, row.verdict.reason)
    return {n: reasons[n] for n in targets & found.keys() if found[n] == {"refused"}}


def _listed(row: Row) -> Row:
    """Return a row that lists what a backend refuses in one setting alone."""
    if row.verdict.status != "refused":
        return row
    return replace(row, verdict=replace(row.verdict, status="unsupported"))
