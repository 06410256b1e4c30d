"""Render a certificate as an HTML page."""

from __future__ import annotations

from netspec.certificates._certificate import Certificate
from netspec.conformance.report import view
from netspec.html import render
from netspec.spec import shape_text


def render_page(certificate: Certificate) -> str:
    """Render the page of a certificate, which needs no other file and no network."""
    return render(
        "certificate.html",
        report=certificate.report,
        certificate=certificate,
        shape_text=shape_text,
        **view(certificate.report),
    )
