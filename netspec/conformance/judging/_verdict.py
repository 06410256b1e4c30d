"""Verdicts: the status of a comparison, and the numbers on which it rests."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from netspec.contract import HandlingError
from netspec.errors import said

# In the order in which a summary lists them
STATUSES = {
    "fail": "too far from the reference, or malformed",
    "inconclusive": "nothing disagrees, but the case does not decide",
    "refused": "the backend says, with a reason, that it cannot build or run this",
    "weak": "agrees, but rounding alone may move it by more than 1e-3 in float32",
    "unsupported": "an optional ability that the backend does not offer",
    "declared": "as predicted, where the framework's own convention differs",
    "pass": "within what rounding explains",
}

GOOD = frozenset({"pass", "declared"})


@dataclass(frozen=True)
class Verdict:
    """The result of comparing one quantity with what is expected.

    Attributes:
        status: one of `STATUSES`.
        used: distance from what is expected: in the 2-norm for a tensor, the statistic
            for a test of random values.
        allowed: the largest `used` that passes.
        reason: what is wrong; empty for a pass.
        conventions: fields of `netspec.contract.Numerics` on which a declared verdict
            rests, such as ``"running_variance"``; of those scalars that a framework
            keeps in float32 which, as in ``"float32_scalars: LayerNorm.eps"``.
        histogram: histogram of the values that a statistical test used; None for other
            comparisons.
    """

    status: str
    used: float
    allowed: float
    reason: str = ""
    conventions: tuple[str, ...] = ()
    histogram: Histogram | None = field(default=None, repr=False)

    @property
    def ratio(self) -> float:
        """`used` over `allowed`; at most 1 passes."""
        if self.used == 0:
            return 0.0
        return self.used / self.allowed if self.allowed else math.inf

    @property
    def good(self) -> bool:
        """True for "pass" and "declared", which are sharp; for nothing else."""
        return self.status in GOOD

    def __str__(self) -> str:
        numbers = f"used/allowed {self.ratio:.3g} ({self.used:.3g}/{self.allowed:.3g})"
        return f"{self.status}: {numbers}" + (f"; {self.reason}" if self.reason else "")


def measured(used: float, allowed: float, reason: str) -> Verdict:
    """Return a pass up to `allowed`, else a failure for this reason, also for NaN."""
    if used <= allowed:
        return Verdict("pass", used, allowed)
    return Verdict("fail", used, allowed, reason)


def decided(good: bool, reason: str) -> Verdict:
    """Return a pass if `good`, else a failure for this reason, without a tolerance."""
    return measured(0.0 if good else math.inf, 0.0, reason)


def failed(reason: str, allowed: float = 0.0) -> Verdict:
    """Return a failure without a distance: malformed, missing or raised."""
    return Verdict("fail", math.inf, allowed, reason)


def unsupported(reason: str) -> Verdict:
    """Return the verdict on an optional ability that a backend does not offer."""
    return Verdict("unsupported", 0.0, 0.0, reason)


def refused(reason: str) -> Verdict:
    """Return the verdict on a model, or a mode of it, that a backend says it cannot
    build or run.
    """
    return Verdict("refused", 0.0, 0.0, reason)


def raised(error: BaseException) -> Verdict:
    """Return the failure of a backend that raised where it should not have."""
    if isinstance(error, HandlingError):
        return failed(str(error))
    return failed(f"raised {type(error).__name__}: {said(error, first_line=True)}")


@dataclass(frozen=True)
class Histogram:
    """Number of values in each bin, and the number that is expected.

    Attributes:
        edges: edges of the bins, one more than there are bins.
        counts: number of values in each bin; values beyond the edges are not counted.
        expected: expectations of `counts`.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    expected: tuple[float, ...]
