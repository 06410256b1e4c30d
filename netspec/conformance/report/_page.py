"""A report as one HTML page."""

from __future__ import annotations

from netspec.conformance.report._results import Results
from netspec.conformance.report._view import view
from netspec.html import render


def render_page(report: Results) -> str:
    """Render the page of a report; it needs nothing else, no network either."""
    return render("report.html", report=report, **view(report))
