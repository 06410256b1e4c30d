"""The report of a probe: its results, as JSON and as a plot."""

from __future__ import annotations

import os
from io import StringIO

from netspec.signals._document import to_json
from netspec.signals._results import Results

WIDTH = 100  # columns, in a notebook
FRAME = '<pre style="line-height: 1.2; overflow-x: auto">{code}</pre>'


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

    def _repr_html_(self) -> str:
        """Show in a notebook what ``netspec probe`` prints."""
        from rich.console import Console  # not needed by a probe

        from netspec.signals.terminal import show

        console = Console(record=True, width=WIDTH, file=StringIO())
        show(self, console)
        return console.export_html(inline_styles=True, code_format=FRAME)
