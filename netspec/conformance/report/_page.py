"""Render a report as an HTML page."""

from __future__ import annotations

from netspec.conformance.report._results import Results
from netspec.conformance.report._view import view
from netspec.html import render


def render_page(report: Results) -> str:
    """Render the page of a report, which needs no other file and no network."""
    return render("report.html", report=report, **view(report))
