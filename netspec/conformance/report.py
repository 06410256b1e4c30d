"""What a conformance run found."""

from __future__ import annotations

import json
import os
import platform
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from netspec.backend import backends
from netspec.conformance.verdict import STATUSES, Verdict
from netspec.files import write_atomically
from netspec.rules import Json

# Where a run must not count as a proof
BAD = frozenset({"fail", "inconclusive"})


@dataclass(frozen=True)
class Row:
    """One verdict, and on what.

    Attributes:
        check: name of the check.
        backend: under test.
        spec: name of the model, or the layer and the shape that it reads.
        dtype: ``"float32"`` or ``"float64"``.
        what: what was looked at, such as ``"training: grad 0.weight"``.
        verdict: what came of it.
    """

    check: str
    backend: str
    spec: str
    dtype: str
    what: str
    verdict: Verdict

    def __str__(self) -> str:
        place = f"{self.backend} {self.dtype} {self.spec}"
        return f"{self.check} {place} {self.what}: {self.verdict}"


@dataclass(frozen=True)
class Localization:
    """Where a model that fails begins to diverge from the reference.

    Attributes:
        backend: under test.
        spec: name of the model, or of the layer alone.
        dtype: ``"float32"`` or ``"float64"``.
        mode: ``"evaluation"`` or ``"training"``.
        suspects: the first divergent layer forward and backward, in words; none where
            outputs and gradients agree.
        script: Python that shows the failure again.
    """

    backend: str
    spec: str
    dtype: str
    mode: str
    suspects: tuple[str, ...]
    script: str


class Done(NamedTuple):
    """One unit of a run that is done.

    Attributes:
        backend: its name.
        check: its name.
        rows: what was found.
        seconds: that it took.
        share: of the run that is done, up to 1.
    """

    backend: str
    check: str
    rows: list[Row]
    seconds: float
    share: float


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
class Report:
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

    # Documents and pages are made of reports: imported here, not above

    def to_json(self) -> str:
        """The whole report, as `netspec.conformance.document` describes it."""
        from netspec.conformance.document import encode_report

        return json.dumps(encode_report(self), indent=2, allow_nan=False) + "\n"

    @staticmethod
    def from_json(source: str) -> Report:
        """The report that `to_json` wrote.

        Raises:
            NetspecError: it is no such document, or one of a newer version.
        """
        from netspec.conformance.document import decode_report

        return decode_report(source)

    def to_html(self, path: str | os.PathLike[str]) -> None:
        """Write a page that says all and needs nothing else, no network either.

        Raises:
            NetspecError: the file cannot be written.
        """
        from netspec.conformance.html import render

        write_atomically(path, render(self).encode())


def count(rows: Iterable[Row]) -> dict[str, int]:
    """How many rows have each status, worst first; none that are zero."""
    found = Counter(row.verdict.status for row in rows)
    return {status: found[status] for status in STATUSES if found[status]}
