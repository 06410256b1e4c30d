"""What a conformance run found."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from netspec.backend import backends
from netspec.conformance.verdict import STATUSES, Verdict

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


@dataclass
class Report:
    """The verdicts of a run.

    Attributes:
        seed: of everything that was drawn.
        rows: in the order in which they were found.
        divergences: where the models that fail begin to do so.
        complete: False where the run was interrupted.
        seconds: spent, by backend and check.
    """

    seed: int
    rows: list[Row] = field(default_factory=list)
    divergences: list[Localization] = field(default_factory=list)
    complete: bool = True
    seconds: dict[tuple[str, str], float] = field(default_factory=dict)

    def add(self, key: tuple[str, str], rows: list[Row], seconds: float) -> None:
        """Take in what was found for a backend and a check."""
        self.rows += rows
        self.seconds[key] = self.seconds.get(key, 0.0) + seconds

    @property
    def passed(self) -> bool:
        """Whether the run is a proof: complete, with nothing failed or undecided."""
        judged = any(row.verdict.good for row in self.rows)
        return self.complete and judged and not self.bad

    @property
    def bad(self) -> list[Row]:
        """The rows that failed, or did not decide."""
        return [row for row in self.rows if row.verdict.status in BAD]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have each status, worst first; none that are zero."""
        found = Counter(row.verdict.status for row in self.rows)
        return {status: found[status] for status in STATUSES if found[status]}

    def select(self, **wanted: str) -> list[Row]:
        """The rows with these attributes, such as ``backend="torch"``."""
        return [
            row
            for row in self.rows
            if all(getattr(row, name) == value for name, value in wanted.items())
        ]

    def to_json(self) -> str:
        """The whole report; numbers that JSON lacks are null."""
        document = {
            "netspec": version("netspec"),
            "passed": self.passed,
            "complete": self.complete,
            "seed": self.seed,
            "counts": self.counts,
            "environment": environment(),
            "rows": [_document(row) for row in self.rows],
            "divergences": [asdict(found) for found in self.divergences],
        }
        return json.dumps(document, indent=2, allow_nan=False) + "\n"


def environment() -> dict[str, str]:
    """Versions of Python, NumPy and every installed framework; the machine."""
    found = {"python": platform.python_version(), "machine": platform.platform()}
    needed = [state.requirement for state in backends().values() if state.requirement]
    return found | _versions(["numpy", *needed])


def _versions(packages: Iterable[str]) -> dict[str, str]:
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def _document(row: Row) -> dict[str, Any]:
    verdict = asdict(row.verdict) | {"ratio": row.verdict.ratio}
    finite = {
        name: None if value in (float("inf"), float("-inf")) else value
        for name, value in verdict.items()
    }
    return asdict(row) | {"verdict": finite}
