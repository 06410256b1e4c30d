"""Render a template of this folder."""

from __future__ import annotations

from functools import cache
from typing import Any


def render(template: str, **context: Any) -> str:
    """Render a page.

    Args:
        template: name of its file.
        context: the names that it uses; text in them is escaped.
    """
    return str(_environment().get_template(template).render(context))


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
