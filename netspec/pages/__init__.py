"""HTML pages that need nothing else: no network, no script, no file beside them.

A template extends ``base.html`` and includes style sheets of its own; it lies in the
package that renders it.
"""

from __future__ import annotations

from functools import cache
from typing import Any


def render(package: str, template: str, **context: Any) -> str:
    """A page.

    Args:
        package: where the template lies.
        template: name of its file.
        context: the names that it uses; text in them is escaped.
    """
    return str(_environment(package).get_template(template).render(context))


@cache
def _environment(package: str) -> Any:
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=ChoiceLoader([PackageLoader(name, "") for name in (package, __name__)]),
        autoescape=True,  # a name may be <script>
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
