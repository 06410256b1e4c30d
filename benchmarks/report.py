"""One measured row, and the table of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.timing import Ratio


@dataclass(frozen=True)
class Row:
    """A ratio and the most that it may be.

    Attributes:
        what: what was measured, against what.
        ratio: as measured.
        limit: the goal; the row is met up to it.
    """

    what: str
    ratio: Ratio
    limit: float

    @property
    def met(self) -> bool:
        return self.ratio.median <= self.limit


def markdown(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| what | ratio [quartiles] | goal | met |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {row.what} | {row.ratio} | {row.limit:.2f} | {'yes' if row.met else 'no'} |"
        for row in rows
    ]
    return "\n".join(lines)
