"""Columns as one HTML page that needs nothing else."""

from __future__ import annotations

from importlib.resources import files

from netspec.side_by_side.columns import Columns
from netspec.summary import footer, shape_text


def render_page(columns: Columns) -> str:
    """A page with a column for each framework; it loads nothing from anywhere."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True,  # a name may be <script>
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        columns=columns, summary=_summary(columns)
    )


def _summary(columns: Columns) -> str:
    spec = columns.spec
    shapes = f"{shape_text(spec.input_shape)} to {shape_text(spec.output_shape)}"
    model, digest = f"{shapes}, {columns.dtype}", f"digest {spec.digest[:12]}"
    return " · ".join((model, footer(spec.graph), digest))
