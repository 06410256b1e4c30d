"""What a run of random models comes to, in numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

import netspec
from netspec.conformance.judging import STATUSES
from tests.fuzz.trial import Finding

PAGE = Path(netspec.__file__).parent / "conformance" / "TOLERANCE.md"
MARKS = {
    "small": ("<!-- written by make fuzz -->", "<!-- end -->"),
    "large": (
        "<!-- large ones, written by make fuzz -->",
        "<!-- end of large ones -->",
    ),
}
COLUMNS: dict[str, Callable[[list[Finding]], str]] = {
    "models": lambda found: str(len({finding.number for finding in found})),
    "verdicts": lambda found: f"{len(_judged(found)):,}",
    "fail": lambda found: _count(found, "fail"),
    "inconclusive": lambda found: _count(found, "inconclusive"),
    "weak": lambda found: _count(found, "weak"),
    "refused": lambda found: _count(found, "unsupported"),
    "crashes": lambda found: _count(found, "crash"),
    "median used/allowed": lambda found: f"{np.median(_ratios(found)):.2g}",
    "worst": lambda found: f"{max(_ratios(found)):.2g}",
}
SHARP: dict[str, Callable[[list[Finding]], str]] = {
    "half seen from": lambda found: f"{np.median(_sharp(found)):.2g}",
    "99% seen from": lambda found: f"{np.quantile(_sharp(found), 0.99):.2g}",
}
TIME: dict[str, Callable[[list[Finding]], str]] = {
    "CPU minutes": lambda found: f"{sum(f.seconds for f in found) / 60:.1f}",
}


def line(found: list[Finding]) -> str:
    """Counts and the worst ratio, in short."""
    counts = Counter(finding.status for finding in found)
    parts = [f"{counts[s]:,} {s}" for s in (*STATUSES, "crash") if counts[s]]
    worst = max(_ratios(found))
    return f"{', '.join(parts)}; worst used/allowed {worst:.3g}"


def table(found: list[Finding]) -> str:
    """A row for each backend and dtype, in Markdown."""
    groups: dict[str, list[Finding]] = {}
    for finding in found:
        name = f"{finding.backend} {finding.dtype}".strip()
        groups.setdefault(name, []).append(finding)
    sharp = any(finding.sharpness for finding in found)
    columns = COLUMNS | (SHARP if sharp else {}) | TIME
    rows = [["", *columns], ["---", *["--:"] * len(columns)]]
    for name, group in {**groups, "all": found}.items():
        rows.append([name, *(column(group) for column in columns.values())])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def write(found: list[Finding], half: str) -> None:
    """Put the table of one half into the page on tolerances."""
    page = PAGE.read_text(encoding="utf-8")
    begin, end = MARKS[half]
    text = f"{begin}\n{table(found)}\n{end}"
    pattern = re.compile(f"{begin}.*{end}", re.DOTALL)
    PAGE.write_text(pattern.sub(lambda _: text, page), encoding="utf-8")


def _judged(found: list[Finding]) -> list[Finding]:
    return [f for f in found if f.status not in ("unsupported", "crash")]


def _count(found: list[Finding], status: str) -> str:
    return str(sum(finding.status == status for finding in found))


def _ratios(found: list[Finding]) -> list[float]:
    return [finding.ratio for finding in _judged(found)] or [0.0]


def _sharp(found: list[Finding]) -> list[float]:
    """Relative errors from which on a bug is seen, where a tensor is not zero."""
    return [finding.sharpness for finding in found if finding.sharpness] or [0.0]
