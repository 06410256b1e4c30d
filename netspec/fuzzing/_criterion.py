"""Tell whether a smaller spec fails as the one that was found did."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from netspec.fuzzing._trial import Finding

FAR = 10.0  # used over allowed: below it, shrinking would slip into rounding


class Criterion(NamedTuple):
    """What a spec must do to fail in the same way.

    Attributes:
        tensor: what fails, without the path of its layer; for what raises, the kind of
            the error.
        ratio: of the distance used to the distance allowed, at least.
    """

    tensor: str
    ratio: float

    def met(self, findings: Iterable[Finding]) -> bool:
        """Tell whether a finding is a failure of the same tensor, and far enough."""
        return any(
            finding.status == "fail"
            and _tensor(finding) == self.tensor
            and finding.ratio >= self.ratio
            for finding in findings
        )


def criterion(findings: Iterable[Finding]) -> Criterion:
    """Choose what to follow while a spec that fails shrinks: the output where it fails,
    else what fails by most.
    """
    failing = [finding for finding in findings if finding.status == "fail"]
    worst = max(failing, key=lambda f: (f.tensor == "output", f.ratio))
    return Criterion(_tensor(worst), min(FAR, worst.ratio))


def _tensor(finding: Finding) -> str:
    if not finding.tensor:
        return finding.reason.partition(":")[0]
    kind, _, path = finding.tensor.partition(" ")
    return f"{kind} {path.rpartition('.')[2]}".strip()
