"""Measured rows, and the table that they make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.timing import Ratio


@dataclass(frozen=True)
class Row:
    """A measured ratio and its goal.

    Attributes:
        what: description of the measurement.
        ratio: the measured ratio.
        limit: the goal, the largest median that meets it.
    """

    what: str
    ratio: Ratio
    limit: float

    @property
    def met(self) -> bool:
        return self.ratio.median <= self.limit


def markdown(rows: Iterable[Row]) -> str:
    """Write rows as a Markdown table."""
    lines = ["| what | ratio [quartiles] | goal | met |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {row.what} | {row.ratio} | {row.limit:.2f} | {'yes' if row.met else 'no'} |"
        for row in rows
    ]
    return "\n".join(lines)
