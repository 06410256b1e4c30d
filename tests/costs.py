"""What tests cost in processor seconds, their processes included: a plugin of pytest.

    .venv/bin/python -m pytest -p tests.costs tests/cli

Wall time depends on what else runs; this hardly does.
"""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Iterator

import pytest

PROPERTY = "processor seconds"
FILES, TESTS = 30, 20
"""How many of the dearest are shown."""


def _spent() -> float:
    kinds = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    used = [resource.getrusage(kind) for kind in kinds]
    return sum(one.ru_utime + one.ru_stime for one in used)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Note what was spent before a test and its fixtures."""
    item.stash[BEFORE] = _spent()
    return (yield)


BEFORE = pytest.StashKey[float]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Tell what a test took, with its last report, which workers send home."""
    try:
        return (yield)
    finally:
        took = _spent() - item.stash.get(BEFORE, _spent())
        item.user_properties.append((PROPERTY, took))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the dearest files and tests."""
    tests: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "teardown":
                tests[report.nodeid] += dict(report.user_properties)[PROPERTY]
    files: Counter[str] = Counter()
    for name, seconds in tests.items():
        files[name.partition("::")[0]] += seconds
    total = sum(files.values())
    terminalreporter.section(f"{PROPERTY}: {total:.1f} in {len(tests):,} tests")
    for name, seconds in [*files.most_common(FILES), *tests.most_common(TESTS)]:
        terminalreporter.write_line(f"{seconds:8.2f}  {name}")
