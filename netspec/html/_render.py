"""Render the templates of this folder."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any


def render(template: str, **context: Any) -> str:
    """Render a template of this folder as a page.

    Args:
        template: file name of the template.
        context: values of the names that the template uses; text in them is escaped.
    """
    return str(_environment().get_template(template).render(context))


def framed(page: str) -> str:
    """Put a page into a frame, so that a notebook shows it with its own style."""
    style = "width: 100%; height: 40rem; border: 0; background: Canvas"
    return f'<iframe srcdoc="{escape(page)}" style="{style}"></iframe>'


@cache
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("netspec.html", ""),
        autoescape=True,  # a name may be <script>
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
