"""Render a certificate as an HTML page."""

from __future__ import annotations

from netspec.conformance.report import Report, view
from netspec.html import render
from netspec.spec import shape_text


def render_page(certificate: object, report: Report) -> str:
    """Render the page of a certificate, which needs no other file and no network."""
    return render(
        "certificate.html",
        report=report,
        certificate=certificate,
        shape_text=shape_text,
        **view(report),
    )
