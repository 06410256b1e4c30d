"""The results of a conformance run, as data."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from netspec.conformance.report._records import BAD, Done, Localization, Row, count
from netspec.contract import backends
from netspec.declare.rules import Json


def environment() -> dict[str, str]:
    """Versions of netspec, Python, NumPy and every framework; the machine."""
    found = {"python": platform.python_version(), "machine": platform.platform()}
    needed = [state.requirement for state in backends().values() if state.requirement]
    return _versions(["netspec"]) | found | _versions(["numpy", *needed])


def _versions(packages: Iterable[str]) -> dict[str, str]:
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass
class Results:
    """The verdicts of a run.

    Attributes:
        seed: of everything that was drawn.
        rows: by backend, then in the order in which they were found.
        divergences: where the models that fail begin to do so.
        complete: False where the run was interrupted.
        seconds: spent, by backend and check.
        specs: the document of each model, by its name.
        command: what to type for the same run; empty if it was not typed.
        environment: versions, and the machine.
        started: when, in UTC, as ISO 8601 writes it.
    """

    seed: int
    rows: list[Row] = field(default_factory=list)
    divergences: list[Localization] = field(default_factory=list)
    complete: bool = True
    seconds: dict[tuple[str, str], float] = field(default_factory=dict)
    specs: dict[str, Json] = field(default_factory=dict)
    command: str = ""
    environment: dict[str, str] = field(default_factory=environment)
    started: str = field(default_factory=_now)

    def add(self, done: Done) -> None:
        """Take in what was found."""
        self.rows += done.rows
        key = done.backend, done.check
        self.seconds[key] = self.seconds.get(key, 0.0) + done.seconds

    @property
    def passed(self) -> bool:
        """Whether the run is a proof: complete, with nothing failed or undecided, and
        something proved of every backend.
        """
        return self.complete and bool(self.rows) and not (self.bad or self.unproved)

    @property
    def unproved(self) -> list[str]:
        """The backends of which nothing is proved: all is weak or not supported."""
        proved = {row.backend for row in self.rows if row.verdict.good}
        return sorted({row.backend for row in self.rows} - proved)

    @property
    def bad(self) -> list[Row]:
        """The rows that failed, or did not decide."""
        return [row for row in self.rows if row.verdict.status in BAD]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have each status, worst first; none that are zero."""
        return count(self.rows)

    def select(self, **wanted: str) -> list[Row]:
        """The rows with these attributes, such as ``backend="torch"``."""
        return [
            row
            for row in self.rows
            if all(getattr(row, name) == value for name, value in wanted.items())
        ]
