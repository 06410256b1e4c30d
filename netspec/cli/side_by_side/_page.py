"""Render columns as one HTML page that needs no other file."""

from __future__ import annotations

from netspec.cli.side_by_side._columns import Columns
from netspec.html import render
from netspec.spec import footer, shape_text


def render_page(columns: Columns) -> str:
    """Render a page with a column for each framework; it needs no other file."""
    # On first use: they read the registry, and what frameworks call every layer
    from netspec.cli.side_by_side._marks import marker

    marks = marker(columns)
    rows = [(row, marks.cells(row)) for row in columns.rows]
    weights = [(n, marks.plain(text)) for n, text in columns.first_weights.items()]
    return render(
        "side_by_side.html",
        columns=columns,
        rows=rows,
        weights=weights,
        entries=marks.entries.values(),
        summary=_summary(columns),
    )


def _summary(columns: Columns) -> str:
    spec = columns.spec
    shapes = f"{shape_text(spec.input_shape)} to {shape_text(spec.output_shape)}"
    model, digest = f"{shapes}, {columns.dtype}", f"digest {spec.digest[:12]}"
    return " · ".join((model, footer(spec.graph), digest))
