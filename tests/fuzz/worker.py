"""Runs models and appends what it finds to a log, a line for each verdict.

    python -m tests.fuzz.worker LOG BACKEND SEED NUMBER...

A framework may crash: then the process ends, and the log says how far it came.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import netspec
from tests.fuzz.draw import draw_spec
from tests.fuzz.trial import Finding, trial

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


def main(log: str, backend: str, seed: str, *numbers: str) -> None:
    """Run these models on a backend."""
    for number in map(int, numbers):
        append(Path(log), list(_run(int(seed), number, backend)))


def _run(seed: int, number: int, backend: str) -> Iterator[Finding]:
    spec = draw_spec(seed, number)
    for dtype in DTYPES:
        yield from trial(number, spec, netspec.backend(backend), dtype)


if __name__ == "__main__":
    main(*sys.argv[1:])
