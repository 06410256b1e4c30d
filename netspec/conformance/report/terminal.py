"""Print a report on a terminal: a table, then failures and notes, then the verdict."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from netspec.conformance.report._overview import (
    Cause,
    Declaration,
    Group,
    about,
    causes,
    declarations,
    groups,
    number,
    several,
    spread,
    tally,
    weakly,
    word,
)
from netspec.conformance.report._records import BAD, UNDECIDED, Localization, Row
from netspec.conformance.report._results import Results

COLORS = {
    "fail": "bold red",
    "inconclusive": "bold magenta",
    "refused": "magenta",
    "weak": "yellow",
    "unsupported": "dim",
    "declared": "blue",
    "pass": "green",
}
WORD_COLORS = {
    "PASSED": "bold green",
    "FAILED": "bold red",
    "UNDECIDED": "bold magenta",
    "INTERRUPTED": "bold yellow",
}
LISTED = BAD | {"weak"}
HEADERS = ("backend", "dtype", "verdicts", "worst", "used/allowed of")


def show(
    report: Results, console: Console, *, timings: bool = False, rows: bool = False
) -> None:
    """Print a report; the last line is the verdict.

    Args:
        report: report of a run.
        console: where to print.
        timings: True to print how long each check took.
        rows: True to list every comparison that failed, is undecided or weak.
    """
    for part in _parts(report, timings, rows):
        if part.no_wrap:
            cut = part.overflow or "ignore"
            console.print(part, no_wrap=True, overflow=cut, crop=bool(part.overflow))
        else:
            _print(part, console)


def _print(part: Text, console: Console) -> None:
    """Print lines; those that are too long continue below at their indent."""
    for line in part.split("\n", allow_blank=True):
        margin = len(line.plain) - len(line.plain.lstrip())
        for piece in line[margin:].wrap(console, console.width - margin):
            piece.rstrip()
            console.print(Text(" " * margin) + piece if piece else piece)


def _parts(report: Results, timings: bool, every: bool) -> Iterator[Text]:
    rows = report.rows
    yield Text(_setting(report), "dim")
    yield from _table(groups(rows))
    yield from _section("Failed", _failures(rows))
    yield from _section("Undecided", map(_cause, causes(rows, *UNDECIDED)))
    if every:
        listed = (row for row in rows if row.verdict.status in LISTED)
        yield from _section("Every row that is no sharp pass", map(_row, listed))
    begins = filter(lambda found: found.suspects, report.divergences)
    yield from _section("Where it begins", map(_divergence, begins))
    scripts = [_script(found) for found in report.divergences[:1]]
    yield from _section("To see the first of these again, run this", scripts)
    lacking = map(_cause, causes(rows, "unsupported"))
    yield from _section("Not offered, which changes nothing", lacking)
    yield from _section("Declared differences", map(_declaration, declarations(rows)))
    if timings:
        yield from _section("Seconds", _timings(report))
    yield from _ending(report, every)


def _ending(report: Results, every: bool) -> Iterator[Text]:
    if weak := weakly(report):
        yield Text(f"\n{weak}" + ("" if every else "; --rows lists them"))
    if report.quick:
        yield Text(
            "\nA quick look is no proof: training, float64 and more were left out"
        )
    style = WORD_COLORS[report.verdict]
    yield Text.assemble("\n", (f"{word(report)}:", style), f" {tally(report)}")


def _setting(report: Results) -> str:
    known = {n: v for n, v in report.environment.items() if n != "machine"}
    versions = ", ".join(map(" ".join, known.items()))
    return f"{versions}; seed {report.seed}"


def _section(title: str, parts: Iterable[Text]) -> Iterator[Text]:
    """Yield a title and the parts below it; nothing if there are no parts."""
    for index, part in enumerate(parts):
        if not index:
            yield Text(f"\n{title}", "bold underline")
        yield part


def _plain(text: str) -> Text:
    """Return foreign text with the characters escaped that would move the cursor."""
    shown = (c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)
    return Text("".join(shown).rstrip())


def _aligned(lines: Sequence[Sequence[Text]], right: range) -> Iterator[Text]:
    """Yield lines of cells with two spaces between columns.

    Args:
        lines: cells by line; all lines have as many.
        right: columns that are aligned to the right.
    """
    columns = zip(*lines, strict=True)
    widths = [max(cell.cell_len for cell in column) for column in columns]
    for cells in lines:
        line = Text("  ", no_wrap=True, overflow="ellipsis")
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            cell.align("right" if index in right else "left", width)
            line.append_text(cell).append("  ")
        line.rstrip()
        yield line


# The table: below the name of each check a line for each backend and dtype


def _table(found: list[Group]) -> Iterator[Text]:
    headers = [Text(header, "dim") for header in HEADERS]
    lines = _aligned([headers, *map(_cells, found)], right=range(3, 4))
    yield next(lines)
    paired = zip(found, lines, strict=True)
    for check, pairs in groupby(paired, lambda pair: pair[0].check):
        yield Text(check, "bold")
        yield from (line for _, line in pairs)


def _cells(group: Group) -> tuple[Text, ...]:
    worst = group.worst
    model = f" ({worst.spec})" if worst and worst.spec else ""
    place = f"{worst.what}{model}" if worst else ""
    ratio = number(worst.verdict.ratio) if worst else "-"
    counts = [Text(f"{n} {name}", COLORS[name]) for name, n in group.counts.items()]
    return (
        _plain(group.backend),
        Text(group.dtype),
        Text(", ").join(counts),
        Text(ratio),
        _plain(place),
    )


# Failures and notes, in words: a cause for each line, not a tensor


def _failures(rows: Iterable[Row]) -> Iterator[Text]:
    """Tell what failed: first what models share, such as an exception, then for each
    model of a backend each cause with its worst row.
    """
    failed = [row for row in rows if row.verdict.status == "fail"]
    told = causes((row for row in failed if math.isinf(row.verdict.used)), "fail")
    told = [cause for cause in told if len({row.spec for row in cause.rows}) > 1]
    yield from map(_cause, told)
    shared = {id(row) for cause in told for row in cause.rows}
    left = (row for row in failed if id(row) not in shared)
    for place, held in groupby(left, lambda row: (row.backend, row.dtype, row.spec)):
        known = filter(None, place)  # a process that dies early is at no model yet
        lines = [f"  {', '.join(known)}"]
        for cause in causes(held, "fail"):
            worst, others = cause.worst, len(cause.rows) - 1
            checks = spread((row.check for row in cause.rows), 9)
            more = f", and {others:,} more of {checks}" if others else ""
            lines += [f"    {worst.check} {worst.what}".rstrip() + more]
            lines += [f"      {worst.verdict}"]
        yield _plain("\n".join(lines))


def _cause(cause: Cause) -> Text:
    says = f"  {cause.backend}: {cause.status}: {cause.reason}"
    return _plain(f"{says}\n    {about(cause)}")


def _row(row: Row) -> Text:
    return _plain(f"  {row}")


def _divergence(found: Localization) -> Text:
    place = f"  {found.backend}, {found.dtype}, {found.spec}, {found.mode}"
    return _plain("\n    ".join([place, *found.suspects]))


def _script(found: Localization) -> Text:
    script = _plain(found.script)
    script.no_wrap = True  # to be copied as it is
    return script


def _declaration(declared: Declaration) -> Text:
    what = f"{declared.backend}: {several(declared.rows, 'tensor')} as declared by"
    lines = [f"  {what} {declared.convention}"]
    for entry in declared.entries:
        lines += [f"    {entry.id}: {entry.title}", f"      {entry.formula}"]
    return _plain("\n".join(lines))


def _timings(report: Results) -> Iterator[Text]:
    """Yield a line for each check: seconds by backend, and the fraction of all.

    Work that checks share is counted where it was first needed.
    """
    backends = list(dict.fromkeys(backend for backend, _ in report.seconds))
    checks = list(dict.fromkeys(check for _, check in report.seconds))
    total = sum(report.seconds.values())
    lines = [["", *backends, "all", "share"]]
    for name, counted in [*((check, [check]) for check in checks), ("all", checks)]:
        spent = [
            sum(report.seconds.get((backend, check), 0.0) for check in counted)
            for backend in backends
        ]
        share = f"{sum(spent) / total:.0%}" if total else ""
        lines += [[name, *(f"{s:.1f}" for s in (*spent, sum(spent))), share]]
    cells = [[*map(_plain, line)] for line in lines]
    return _aligned(cells, right=range(1, len(lines[0])))
