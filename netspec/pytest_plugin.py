"""Pytest plugin: counts the verdicts of conformance tests by backend, and prints the
counts below the test results.

Loaded by pytest wherever netspec is installed, so it imports nothing that takes time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

PROPERTY = "netspec verdicts"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    totals: dict[str, Counter[str]] = {}
    for backend, counts in _recorded(terminalreporter.stats):
        totals.setdefault(backend, Counter()).update(counts)
    if not totals:
        return
    terminalreporter.section("netspec conformance")
    for backend, counts in sorted(totals.items()):
        stated = ", ".join(f"{n:,} {status}" for status, n in counts.most_common())
        terminalreporter.write_line(f"{backend}: {stated}")


def _recorded(stats: dict[str, list[Any]]) -> Iterator[tuple[str, dict[str, int]]]:
    for reports in stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == PROPERTY and report.when == "call":
                    yield value
