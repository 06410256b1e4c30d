"""The report of a probe: its results, as JSON and as a plot."""

from __future__ import annotations

import os

from netspec.signals._document import to_json
from netspec.signals._results import Results


class ProbeReport(Results):
    """What a probe found; the attributes are those of `Results`."""

    def to_json(self) -> str:
        """Write the report as JSON, which `_document` describes."""
        return to_json(self)

    def plot(self, path: str | os.PathLike[str]) -> None:
        """Draw the curves into a .png or .svg file, whole or not at all.

        Raises:
            NetspecError: another format, matplotlib is not installed, or the file
                cannot be written.
        """
        from netspec.signals._plot import write_plot  # matplotlib takes a second

        write_plot(self, path)
