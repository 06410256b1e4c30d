"""The report of a conformance run: its results, as JSON and as a page."""

from __future__ import annotations

import json
import os

from netspec._system import write_atomically
from netspec.conformance.report._document import decode_report, encode_report
from netspec.conformance.report._results import Results


class Report(Results):
    """The verdicts of a run; the attributes are those of `Results`."""

    def to_json(self) -> str:
        """Write the whole report as JSON, which `_document` describes."""
        return json.dumps(encode_report(self), indent=2, allow_nan=False) + "\n"

    @staticmethod
    def from_json(source: str) -> Report:
        """Read the report that `to_json` wrote.

        Raises:
            NetspecError: it is no such document, or one of a newer version.
        """
        return Report(**decode_report(source))

    def to_html(self, path: str | os.PathLike[str]) -> None:
        """Write a page that says all and needs nothing else, no network either.

        Raises:
            NetspecError: the file cannot be written.
        """
        from netspec.conformance.report._page import render_page  # Jinja2 takes time

        write_atomically(path, render_page(self).encode())
