"""A report as one HTML page."""

from __future__ import annotations

from netspec.conformance.html.view import view
from netspec.conformance.report import Report
from netspec.pages import render as render_page


def render(report: Report) -> str:
    """The page of a report; it needs nothing else, no network either."""
    return render_page(__name__, "report.html", report=report, **view(report))
