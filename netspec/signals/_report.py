"""The report of a probe: its results, as JSON and as a plot."""

from __future__ import annotations

import os

from netspec.signals._document import to_json
from netspec.signals._results import Results


class ProbeReport(Results):
    """The results of a probe, with methods that write them.

    Its attributes are those of `Results`.
    """

    def to_json(self) -> str:
        """Return the report as a JSON text.

        The module `netspec.signals._document` describes its format.
        """
        return to_json(self)

    def plot(self, path: str | os.PathLike[str]) -> None:
        """Draw the curves into a .png or .svg file, whole or not at all.

        Args:
            path: path of the file, which ends in .png or .svg.

        Raises:
            NetspecError: another format, matplotlib is not installed, or the file
                cannot be written.
        """
        from netspec.signals._plot import write_plot  # matplotlib takes a second

        write_plot(self, path)
