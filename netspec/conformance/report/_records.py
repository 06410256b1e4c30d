"""The records of a conformance run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from netspec.conformance.judging import STATUSES, Verdict

UNDECIDED = frozenset({"inconclusive", "refused"})
BAD = UNDECIDED | {"fail"}  # a run with rows of these statuses has not passed


@dataclass(frozen=True)
class Row:
    """One verdict, and what it is about.

    Attributes:
        check: name of the check.
        backend: name of the backend under test.
        spec: name of the model, or the layer and the shape that it reads.
        dtype: ``"float32"`` or ``"float64"``.
        what: what was compared, such as ``"training: grad 0.weight"``.
        verdict: result of the comparison.
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
    """The layers at which a model that fails begins to diverge from the reference.

    Attributes:
        backend: name of the backend under test.
        spec: name of the model, or of the layer alone.
        dtype: ``"float32"`` or ``"float64"``.
        mode: ``"evaluation"`` or ``"training"`` if a step fails in it; else empty.
        suspects: the first divergent layer forward and backward, in words; none if
            outputs and gradients agree.
        script: Python that shows the failure again.
        check: the check that fails, where no step does.
    """

    backend: str
    spec: str
    dtype: str
    mode: str
    suspects: tuple[str, ...]
    script: str
    check: str = ""


class Done(NamedTuple):
    """The results of one unit of a run.

    Attributes:
        backend: name of the backend.
        check: name of the check.
        rows: verdicts of the check.
        seconds: time that the unit took.
        share: fraction of the run that is done, up to 1.
    """

    backend: str
    check: str
    rows: list[Row]
    seconds: float
    share: float


def count(rows: Iterable[Row]) -> dict[str, int]:
    """Count the rows of each status, worst first; zero counts are left out."""
    found = Counter(row.verdict.status for row in rows)
    return {status: found[status] for status in STATUSES if found[status]}
