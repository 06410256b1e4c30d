"""What a run came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from netspec.fuzzing._offered import Offered
from netspec.fuzzing._trial import Finding
from netspec.spec import Spec

STATUSES = {
    "fail": "fail",
    "inconclusive": "undecided",
    "unsupported": "refused",
    "": "pass",
}


class Failure(NamedTuple):
    """A spec that fails, as small as it was found.

    Attributes:
        spec: shrunk.
        found: as it was drawn.
        findings: what fails, of the shrunk one.
        file: its file in the corpus; None without one.
    """

    spec: Spec
    found: Spec
    findings: tuple[Finding, ...]
    file: Path | None


@dataclass
class Fuzzed:
    """What a run of random specs came to.

    Attributes:
        backend: its name.
        dtype: ``"float32"`` or ``"float64"``.
        offered: the kinds of layers that were drawn, and why others were not.
        counts: of specs by status: ``"pass"``, ``"refused"`` by the backend,
            ``"undecided"`` (a unit is on a kink) and ``"fail"``.
        failures: of this run, and those of earlier ones that still fail.
        mended: files of earlier failures that do not fail any more.
        complete: False after Ctrl-C.
    """

    backend: str
    dtype: str
    offered: Offered
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    mended: list[Path] = field(default_factory=list)
    complete: bool = True

    @property
    def passed(self) -> bool:
        """True if nothing fails and nothing is undecided."""
        return not (self.failures or self.counts["undecided"])


def status_of(findings: Iterable[Finding]) -> str:
    """Return the worst status of what was found of a spec."""
    found = {finding.status for finding in findings}
    worst = next(status for status in STATUSES if status in found or not status)
    return STATUSES[worst]
