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
    """List the versions of netspec, Python, NumPy and frameworks, and the machine."""
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
        seed: seed of all random draws.
        rows: by backend, then in the order in which they were found.
        divergences: where the models that fail begin to diverge.
        complete: False if the run was interrupted.
        quick: True if the run was a quick look, which is no proof.
        seconds: time spent, by backend and check.
        specs: the document of each model, by its name.
        command: command line that repeats the run; empty if it was started from Python.
        environment: versions, and the machine.
        started: time in UTC, in ISO 8601.
    """

    seed: int
    rows: list[Row] = field(default_factory=list)
    divergences: list[Localization] = field(default_factory=list)
    complete: bool = True
    quick: bool = False
    seconds: dict[tuple[str, str], float] = field(default_factory=dict)
    specs: dict[str, Json] = field(default_factory=dict)
    command: str = ""
    environment: dict[str, str] = field(default_factory=environment)
    started: str = field(default_factory=_now)

    def add(self, done: Done) -> None:
        """Add the rows and the time of a unit."""
        self.rows += done.rows
        key = done.backend, done.check
        self.seconds[key] = self.seconds.get(key, 0.0) + done.seconds

    @property
    def verdict(self) -> str:
        """The verdict on the run.

        ``"FAILED"``: something disagrees. ``"UNDECIDED"``: nothing disagrees, but
        something was refused or does not decide, or nothing is proved of a backend.
        ``"PASSED"``: all that was asked of every backend agrees, whatever optional
        abilities it lacks. ``"INTERRUPTED"``: the run did not come to its end.
        """
        if not self.complete:
            return "INTERRUPTED"
        if "fail" in self.counts:
            return "FAILED"
        undecided = self.bad or self.unproved or not self.rows
        return "UNDECIDED" if undecided else "PASSED"

    @property
    def passed(self) -> bool:
        """True if the verdict is ``"PASSED"``."""
        return self.verdict == "PASSED"

    @property
    def unproved(self) -> list[str]:
        """The backends of which nothing is proved: no row is a sharp pass."""
        proved = {row.backend for row in self.rows if row.verdict.good}
        return sorted({row.backend for row in self.rows} - proved)

    @property
    def bad(self) -> list[Row]:
        """The rows that failed, were refused or did not decide."""
        return [row for row in self.rows if row.verdict.status in BAD]

    @property
    def counts(self) -> dict[str, int]:
        """Number of rows of each status, worst first; zeros are left out."""
        return count(self.rows)

    def select(self, **wanted: str) -> list[Row]:
        """Return the rows with these attributes, such as ``backend="torch"``."""
        return [
            row
            for row in self.rows
            if all(getattr(row, name) == value for name, value in wanted.items())
        ]
