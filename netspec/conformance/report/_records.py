"""The records of a conformance run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from netspec.conformance.judging import STATUSES, Verdict

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


def count(rows: Iterable[Row]) -> dict[str, int]:
    """How many rows have each status, worst first; none that are zero."""
    found = Counter(row.verdict.status for row in rows)
    return {status: found[status] for status in STATUSES if found[status]}
