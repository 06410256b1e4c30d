"""Seconds that `import netspec` adds to a bare interpreter."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.report import Row
from benchmarks.timing import Ratio

GOAL_S = 0.25
ROUNDS = 9


def rows() -> Iterator[Row]:
    """Yield one row, in seconds and not as a ratio."""
    added = [_run("import netspec") - _run("pass") for _ in range(ROUNDS)]
    low, median, high = statistics.quantiles(added, n=4)
    yield Row("import netspec, seconds", Ratio(median, low, high), GOAL_S)


def _run(code: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start
