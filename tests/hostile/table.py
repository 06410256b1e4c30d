"""The hostile table: a row for each deed, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from netspec.conformance import conform
from netspec.conformance.report import Row
from tests.hostile.backend import SOUND
from tests.hostile.runs import RUNS, SPEC, Outcome, Run, carry_out

FILE = Path(__file__).with_name("TABLE.md")

HEAD = """# Hostile backends

Written by `python -m tests.hostile --write`; `tests/conformance/test_hostile.py`
verifies it.

Each row is a backend that does something to its process, among others in one run of
`netspec conform`; but for its deed it is the reference. What became of the check in
which it acted, and of the rest; the exit code of the command; and whether the sound
backend that comes after it has the same rows as alone. No file is left of any run.

A backend can forge what is said of itself, as `judges itself` does: the suite guards
against mistakes, and against what happens to others, not against malice in its own
process.

| deed | verdict | the rest of its checks | exit code | the next backend |
|---|---|---|---|---|
"""

PLACE = re.compile(r" in \w+, \w+\.py line \d+")  # of a crash or a hang: it moves


def document() -> str:
    """Carry out all runs, and write the table."""
    alone = {run.checks: _alone(run.checks) for run in RUNS}
    rows = [
        row
        for run in RUNS
        for row in _table_rows(run, carry_out(run), alone[run.checks])
    ]
    return HEAD + "\n".join(rows) + "\n"


def _alone(checks: tuple[str, ...]) -> list[Row]:
    return conform(SPEC, SOUND, "float64", checks).rows


def _table_rows(run: Run, outcome: Outcome, alone: list[Row]) -> Iterator[str]:
    assert outcome.code == run.code
    assert not outcome.left
    after = "none" if not run.sound else "touched"
    if run.sound and outcome.rows[SOUND] == alone:
        after = "untouched"
    for name in run.deeds:
        rows = outcome.rows[name]
        hit = next((row for row in rows if row.verdict.status == "fail"), rows[-1])
        rest = [row for row in rows if (row.spec, row.check) != (hit.spec, hit.check)]
        others = ", ".join(sorted({_said(row) for row in rest}))
        cells = name.replace("_", " "), _said(hit), others, outcome.code, after
        yield f"| {' | '.join(map(str, cells))} |"


def _said(row: Row) -> str:
    reason = PLACE.sub("", row.verdict.reason)
    return f"{row.verdict.status}: {reason}" if reason else row.verdict.status
