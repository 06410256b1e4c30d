"""Draw the tables of pictures: a drawing for each stop of the slider."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from netspec.differences import Difference, Table, in_words

WIDTH, HEIGHT = 320.0, 140.0
LOGARITHMIC = 300  # the ratio of values from which on their logarithms are drawn


class Line(NamedTuple):
    """What one label has at one stop.

    Attributes:
        label: a framework, or another.
        text: the value; of a curve, that at its end.
        points: of a curve, as SVG has them.
        share: of a bar, in percent of the longest.
        rows: of a grid: 1 where a value is read, 2 where padding, else 0.
    """

    label: str
    text: str
    points: str = ""
    share: float = 0.0
    rows: tuple[tuple[int, ...], ...] = ()


class Frame(NamedTuple):
    """A drawing at one stop of the slider."""

    stop: str
    lines: tuple[Line, ...]


class Drawing(NamedTuple):
    """A picture with a slider.

    Attributes:
        kind: ``"curve"``, ``"bars"`` or ``"grid"``.
        slider: name of the variable.
        across: name of the horizontal axis of a curve.
        ends: first and last value of that axis.
        low: of the vertical axis.
        high: of the vertical axis.
        logarithmic: whether the vertical axis is.
        shown: index of the frame that stands without a script.
        frames: one for each stop.
    """

    kind: str
    slider: str
    across: str
    ends: tuple[str, ...]
    low: str
    high: str
    logarithmic: bool
    shown: int
    frames: tuple[Frame, ...]

    @property
    def pads(self) -> bool:
        """Whether a grid reads padding anywhere."""
        rows = (r for frame in self.frames for line in frame.lines for r in line.rows)
        return any(2 in row for row in rows)


def drawn(entry: Difference, table: Table) -> Drawing:
    """Draw a table; the frame that stands first is where frameworks were asked."""
    values = [*_numbers(table)]
    low, high = min(values, default=0.0), max(values, default=1.0)
    logarithmic = low > 0 and high / low > LOGARITHMIC
    scale = _Scale(low if table.kind == "curve" else 0.0, high, logarithmic)
    frames = tuple(
        Frame(in_words(stop), tuple(_lines(table, i, scale)))
        for i, stop in enumerate(table.stops)
    )
    at = dict(entry.play.at or {}) if entry.play else {}
    asked = at.get(table.slider, table.stops[len(table.stops) // 2])
    shown = min(range(len(frames)), key=lambda i: abs(table.stops[i] - asked))
    ends = tuple(in_words(x) for x in (table.points[:1] + table.points[-1:]))
    bounds = in_words(scale.low), in_words(scale.high)
    return Drawing(
        table.kind,
        table.slider,
        table.across,
        ends,
        *bounds,
        logarithmic,
        shown,
        frames,
    )


class _Scale(NamedTuple):
    low: float
    high: float
    logarithmic: bool

    def share(self, value: float) -> float:
        """Return where a value lies between the ends, from 0 to 1."""
        low, high = self.low, self.high
        if self.logarithmic:
            low = low or high / 1e6
            value, low, high = math.log(value), math.log(low), math.log(high)
        return (value - low) / (high - low) if high > low else 0.5


def _numbers(table: Table) -> Any:
    for stops in table.series.values():
        for value in stops if table.kind != "grid" else ():
            yield from value if table.kind == "curve" else [value]


def _lines(table: Table, stop: int, scale: _Scale) -> Any:
    for label, stops in table.series.items():
        value = stops[stop]
        if table.kind == "curve":
            yield Line(
                label, in_words(value[-1]), points=_path(table.points, value, scale)
            )
        elif table.kind == "bars":
            linear = scale._replace(logarithmic=False)
            used = scale if scale.logarithmic else linear
            yield Line(label, in_words(value), share=round(100 * used.share(value), 2))
        else:
            rows = tuple(tuple(map(int, row)) for row in value)
            yield Line(label, _counted(rows), rows=rows)


def _counted(rows: tuple[tuple[int, ...], ...]) -> str:
    """Say how many cells of a grid are read, and how many of them are padding."""
    cells = [cell for row in rows for cell in row]
    values, padding = cells.count(1), cells.count(2)
    said = "1 value" if values == 1 else f"{values} values"
    return f"{said} and {padding} of padding" if padding else said


def _path(points: tuple[float, ...], values: list[float], scale: _Scale) -> str:
    across = _Scale(points[0], points[-1], _spread(points))
    pairs = (
        f"{WIDTH * across.share(x):.1f},{HEIGHT * (1 - scale.share(y)):.1f}"
        for x, y in zip(points, values, strict=True)
    )
    return " ".join(pairs)


def _spread(points: tuple[float, ...]) -> bool:
    return min(points) > 0 and max(points) / min(points) > LOGARITHMIC
