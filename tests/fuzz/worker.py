"""Runs models and appends what it finds to a log, a line for each verdict.

    python -m tests.fuzz.worker LOG HALF BACKEND SEED NUMBER...

A framework may crash: then the process ends, and the log says how far it came.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import netspec
from tests.fuzz.trial import HALVES, Finding, Half

DTYPES = ("float32", "float64")


def read(log: Path) -> list[Finding]:
    """Everything in a log; nothing where there is none."""
    if not log.exists():
        return []
    lines = log.read_text(encoding="utf-8").splitlines()
    return [Finding(*json.loads(line)) for line in lines]


def append(log: Path, findings: list[Finding]) -> None:
    """Add findings to a log."""
    with log.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(finding) + "\n" for finding in findings)


def main(log: str, half: str, backend: str, seed: str, *numbers: str) -> None:
    """Run these models of one half on a backend."""
    for number in map(int, numbers):
        append(Path(log), list(_run(HALVES[half], int(seed), number, backend)))


def _run(half: Half, seed: int, number: int, backend: str) -> Iterator[Finding]:
    spec = half.draw(seed, number)
    found = netspec.backend(backend)
    for dtype in DTYPES:
        start = time.process_time()
        first, *rest = half.trial(number, spec, found, dtype)
        yield first._replace(seconds=round(time.process_time() - start, 2))
        yield from rest


if __name__ == "__main__":
    main(*sys.argv[1:])
