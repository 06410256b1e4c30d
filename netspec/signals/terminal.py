"""Print a report on a terminal: tables by depth, sparklines, then the verdicts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from textwrap import fill
from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from netspec.signals._curves import CURVES, Curve, limits, points
from netspec.signals._results import LayerSignal, Propagation, Results
from netspec.signals._sparkline import BEYOND, sparkline, spread

MOST = 24  # rows of a table, not counting those in which values overflow
BARS = 8  # fewest bars of a sparkline
COLORS = {
    "healthy": "bold green",
    "vanishing": "bold yellow",
    "exploding": "bold red",
    "overflow": "bold red",
}
LAYER, INIT = 18, 16  # widths: of path and layer together; of the columns of an init


def show(report: Results, console: Console, *, every: bool = False) -> None:
    """Print a report; the last lines are the verdicts.

    Args:
        report: results of a probe.
        console: where to print.
        every: True to print all layers of a deep net.
    """
    found = list(report.propagations.values())
    console.print(Text(_title(report)), end="\n\n")
    positions = _shown(found, every)
    for table in _tables(found, positions, console.width):
        console.print(table)
    if len(positions) < len(found[0].rows):
        some = f"{len(positions)} of {len(found[0].rows)} layers; --all shows all"
        console.print(Text(some, "dim"))
    console.print()
    console.print(_curves(found, console.width))
    console.print()
    for propagation in found:
        _print_verdict(propagation, console)


def _title(report: Results) -> str:
    after = f" after {report.steps} steps" if report.steps else ""
    return (
        f"{report.spec} by depth{after}: {report.backend} {report.dtype}, batch"
        f" {report.batch}, lr {report.lr:g}, seed {report.seed}"
    )


def _shown(found: Sequence[Propagation], every: bool) -> list[int]:
    """Choose the positions of the rows to show.

    Of many rows, show some that have parameters, so that like stands below like, those
    in which values first overflow, and the last.
    """
    rows = found[0].rows
    positions = range(len(rows))
    if every or len(rows) <= MOST:
        return list(positions)
    first = {path for p in found for path in (p.first_infinite, p.first_nan)}
    trained = [i for i in positions if rows[i].grad_params] or list(positions)
    remarkable = {i for i in positions if rows[i].path in first}
    return sorted({*remarkable, *map(int, spread(trained, MOST)), positions[-1]})


def _tables(
    found: Sequence[Propagation], positions: Sequence[int], width: int
) -> Iterator[Table]:
    """Yield one table, or several if that would be too wide."""
    if len(found) == 1:
        yield _alone(found[0], positions)
        return
    room = max(1, (width - LAYER) // (INIT + 2))
    for start in range(0, len(found), room):
        yield _beside(found[start : start + room], positions)


def _table(headers: Sequence[str], left: int) -> Table:
    """Make a table whose first column breaks if the console is narrow.

    Args:
        headers: headers of the columns.
        left: number of columns, from the left, that are aligned to the left.
    """
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0)
    )
    for index, header in enumerate(headers):
        side: Literal["left", "right"] = "left" if index < left else "right"
        table.add_column(Text(header), justify=side, no_wrap=index > 0, overflow="fold")
    return table


def _alone(found: Propagation, positions: Sequence[int]) -> Table:
    """Make a table of all numbers of one kind of first weights."""
    headers = ["path", "layer", "mean", "std", "dead,\nsatur."]
    headers += ["grad of\noutput", "grad of\nparams"]
    stretched = any(row.jacobian for row in found.rows)
    table = _table(headers + ["Jacobian\nlargest", "Jacobian\nsmallest"] * stretched, 2)
    for position in positions:
        table.add_row(*_cells(found.rows[position]))
    return table


def _cells(row: LayerSignal) -> list[Text]:
    params = _number(row.grad_params.rms) if row.grad_params else Text("")
    cells = [Text(row.path), Text(_kind(row))]
    cells += [_number(row.output.mean), _number(row.output.std), _idle(row)]
    cells += [_number(row.grad_output.rms), params]
    if row.jacobian:
        least = max(row.jacobian.smallest, row.jacobian.resolution)
        blurred = "<" if least > row.jacobian.smallest else ""
        cells += [_number(row.jacobian.largest), Text(blurred) + _number(least)]
    return cells


def _idle(row: LayerSignal) -> Text:
    return Text(f"{row.idle.share:.0%}" if row.idle else "")


def _beside(found: Sequence[Propagation], positions: Sequence[int]) -> Table:
    """Make a table of deviations and gradients of several kinds of first weights."""
    inits = [fill(propagation.init, INIT) for propagation in found]
    lines = max(init.count("\n") for init in inits)
    heads = (init + "\n" * (lines - init.count("\n")) for init in inits)
    table = _table(["path", "layer", *(f"{head}\nstd     grad" for head in heads)], 2)
    for position in positions:
        rows = [propagation.rows[position] for propagation in found]
        table.add_row(rows[0].path, _kind(rows[0]), *map(_pair, rows))
    return table


def _pair(row: LayerSignal) -> Text:
    std, grad = _number(row.output.std), _number(row.grad_output.rms)
    return std + Text(" " * max(1, 9 - len(grad))) + grad


def _kind(row: LayerSignal) -> str:
    return row.layer.partition("(")[0]


def _number(value: float) -> Text:
    if math.isnan(value):
        return Text("NaN", "red")
    return Text(f"{value:.2g}", "" if math.isfinite(value) else "red")


def _curves(found: Sequence[Propagation], width: int) -> Table:
    inits = [fill(propagation.init, INIT) for propagation in found]
    room = (width - INIT) // len(CURVES) - 2  # two columns are between curves
    table = _table(["", *(curve.name for curve in CURVES)], len(CURVES) + 1)
    for init, propagation in zip(inits, found, strict=True):
        lines = (_line(curve, propagation, found, room) for curve in CURVES)
        table.add_row(Text(init), *lines)
    scales = (limits(curve, found) for curve in CURVES)
    table.add_row("from, to", *(f"{low:.0e} {high:.0e}" for low, high in scales))
    return table


def _line(
    curve: Curve, found: Propagation, every: Sequence[Propagation], room: int
) -> Text:
    _, values = points(curve, found.rows)
    line = Text(sparkline(values, *limits(curve, every), max(room, BARS)))
    line.highlight_regex(BEYOND, "red")
    return line


def _print_verdict(found: Propagation, console: Console) -> None:
    word, verdict = found.verdict.word, found.verdict
    console.print(
        Text(f"{found.init}: ") + Text(word, COLORS[word]) + Text(f", {verdict.reason}")
    )
    for remedy in verdict.remedies:
        console.print(Text(f"  - {remedy}"))
