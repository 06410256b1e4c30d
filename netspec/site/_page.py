"""Pages: where each lies, and what it is made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from netspec.differences import in_words, shown
from netspec.html import render
from netspec.site._code import colored, prose
from netspec.site._frameworks import named


class Page(NamedTuple):
    """A page of the site.

    Attributes:
        path: below the folder of the site: ``"differences/adam-epsilon.html"``.
        template: below ``netspec/html/site``.
        context: values of the names that the template uses.
    """

    path: str
    template: str
    context: Mapping[str, Any]

    def html(self, guide: bool) -> str:
        """Render the page.

        Args:
            guide: whether the site has a guide, to link to.
        """
        return render(
            f"site/{self.template}",
            root="../" * self.path.count("/"),
            here=self.path,
            guide=guide,
            colored=colored,
            prose=prose,
            named=named,
            shown=shown,
            in_words=in_words,
            **self.context,
        )
