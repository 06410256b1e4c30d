"""Compute the tables from which curves, bars and grids are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import numpy as np

from netspec.differences._code import Namespace, evaluate, names_of
from netspec.differences._entry import Difference
from netspec.differences._teaching import Play
from netspec.errors import NetspecError

MEANT = {"curve": "a number for each point", "bars": "a number", "grid": "rows"}


@dataclass(frozen=True)
class Table:
    """A picture as numbers, for each stop of its slider.

    Attributes:
        kind: ``"curve"``, ``"bars"`` or ``"grid"``.
        slider: name of the variable that the reader moves.
        stops: its values.
        across: name of the variable of the horizontal axis; empty if it is no curve.
        points: its values.
        series: by label, for each stop: a list of numbers, one for each point; a
            number; or a list of rows, as `kind` says.
    """

    kind: str
    slider: str
    stops: tuple[float, ...]
    across: str
    points: tuple[float, ...]
    series: Mapping[str, tuple[Any, ...]]


class Point(NamedTuple):
    """What a formula says, and what the framework gave, at the same place."""

    formula: Any
    seen: Any


def table(entry: Difference) -> Table | None:
    """Compute the table of the picture of an entry; None if it has none.

    Raises:
        NetspecError: a formula gives no number, or not as many as there are points.
    """
    if entry.play is None:
        return None
    play, names = entry.play, names_of(entry, {}) | {"windows": windows}
    slider, stops = _variable(entry, play.slider, names)
    across, points = _variable(entry, play.across or {}, names)
    axis = {across: np.array(points)} if across else {}
    series = {
        label: tuple(
            _drawn(entry, label, names | axis | {slider: stop}, len(points))
            for stop in stops
        )
        for label in play.formulas
    }
    return Table(play.kind, slider, stops, across, points, series)


def _variable(
    entry: Difference, given: Mapping[str, str], names: Namespace
) -> tuple[str, tuple[float, ...]]:
    for name, expression in given.items():
        values = evaluate(expression, f"{entry.id}: {name}", names)
        return name, tuple(np.asarray(values).tolist())
    return "", ()


def _drawn(entry: Difference, label: str, names: Namespace, points: int) -> Any:
    play = cast(Play, entry.play)
    formula = play.formulas[label]
    value = np.asarray(evaluate(formula, f"{entry.id}: {label}", names), float)
    shape = {"curve": (points,), "bars": (), "grid": value.shape[:2]}[play.kind]
    if value.shape != shape or not np.isfinite(value).all():
        raise NetspecError(
            f"{entry.id}: the formula of {label} must give {MEANT[play.kind]}, all"
            f" finite, received shape {value.shape}"
        )
    return value.tolist()


def windows(size: int, kernel: int, stride: int, before: int, count: int) -> np.ndarray:
    """Mark what each window of a line reads: 1 where a value, 2 where padding, else 0.

    Args:
        size: number of values.
        kernel: number of positions that a window reads.
        stride: distance between windows.
        before: number of zeros that come before the values.
        count: number of windows.

    Returns:
        A row for each window, of shape (count, size + 2): from one position before the
        values to one behind them.
    """
    start = stride * np.arange(count)[:, None] - before
    position = np.arange(-1, size + 1)
    read = (start <= position) & (position < start + kernel)
    return read * np.where((position < 0) | (position >= size), 2, 1)


def points(entry: Difference, results: Mapping[str, Any]) -> Mapping[str, Point]:
    """Compute, by label, what the formulas of a picture say where frameworks were
    asked, and what these gave.

    Args:
        entry: with or without a picture.
        results: by framework, as `witness` or `recall` give them.
    """
    play = entry.play
    if play is None or play.at is None:
        return {}
    names = names_of(entry, results)
    return {
        label: Point(
            evaluate(
                play.formulas[label], f"{entry.id}: {label}", names | dict(play.at)
            ),
            evaluate(expression, f"{entry.id}: {label}", names),
        )
        for label, expression in (play.seen or {}).items()
    }
