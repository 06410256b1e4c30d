"""The report of a conformance run: its results, as JSON and as a page."""

from __future__ import annotations

import json
import os

from netspec._system import write_atomically
from netspec.conformance.report._document import decode_report, encode_report
from netspec.conformance.report._results import Results


class Report(Results):
    """The results of a run, with methods that write them.

    Its attributes are those of `Results`.
    """

    def to_json(self) -> str:
        """Return the whole report as a JSON text.

        The module `netspec.conformance.report._document` describes its format.
        """
        return json.dumps(encode_report(self), indent=2, allow_nan=False) + "\n"

    @staticmethod
    def from_json(source: str) -> Report:
        """Read a report from the text that `to_json` wrote.

        Raises:
            NetspecError: the text is no report, or one of a newer version.
        """
        return Report(**decode_report(source))

    def to_html(self, path: str | os.PathLike[str]) -> None:
        """Write the whole report as an HTML page, which needs no other file.

        Args:
            path: path of the file to write.

        Raises:
            NetspecError: the file cannot be written.
        """
        from netspec.conformance.report._page import render_page  # Jinja2 takes time

        page = render_page(self)
        # a message may hold half of a pair of surrogates
        write_atomically(path, page.encode(errors="backslashreplace"))

    def _repr_html_(self) -> str:
        """Show the page in a notebook, in a frame of its own."""
        from netspec.conformance.report._page import render_page
        from netspec.html import framed

        return framed(render_page(self))
