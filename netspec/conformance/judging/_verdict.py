"""What a comparison came to: a status, and the numbers that it rests on."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from textwrap import shorten

# In the order in which a summary lists them
STATUSES = {
    "fail": "too far from the reference, or malformed",
    "inconclusive": "the case does not decide",
    "weak": "as far as it should be, but rounding alone may exceed 1e-3 of it",
    "unsupported": "the backend says, with a reason, that it cannot do this",
    "declared": "as predicted, where the framework's own convention differs",
    "pass": "within what rounding explains",
}
SAID = 300  # characters of what a backend raises

GOOD = frozenset({"pass", "declared"})


@dataclass(frozen=True)
class Verdict:
    """The comparison of one quantity.

    Attributes:
        status: one of `STATUSES`.
        used: distance from what is expected: in the 2-norm for a tensor, the statistic
            for a law.
        allowed: the most that passes.
        reason: what is wrong; empty for a pass.
        conventions: fields of `netspec.contract.Numerics` that a declared verdict rests
            on.
        histogram: of what a law was tested on; None for all else.
    """

    status: str
    used: float
    allowed: float
    reason: str = ""
    conventions: tuple[str, ...] = ()
    histogram: Histogram | None = field(default=None, repr=False)

    @property
    def ratio(self) -> float:
        """Used over allowed; at most 1 passes."""
        if self.used == 0:
            return 0.0
        return self.used / self.allowed if self.allowed else math.inf

    @property
    def good(self) -> bool:
        """Whether it agrees: weak and undecided verdicts do not."""
        return self.status in GOOD

    def __str__(self) -> str:
        numbers = f"used/allowed {self.ratio:.3g} ({self.used:.3g}/{self.allowed:.3g})"
        return f"{self.status}: {numbers}" + (f"; {self.reason}" if self.reason else "")


def measured(used: float, allowed: float, reason: str) -> Verdict:
    """A pass up to `allowed`, else a failure for this reason; NaN is a failure."""
    if used <= allowed:
        return Verdict("pass", used, allowed)
    return Verdict("fail", used, allowed, reason)


def decided(good: bool, reason: str) -> Verdict:
    """A comparison without a tolerance: a pass, else a failure for this reason."""
    return measured(0.0 if good else math.inf, 0.0, reason)


def failed(reason: str, allowed: float = 0.0) -> Verdict:
    """A failure without a distance: malformed, missing, raised."""
    return Verdict("fail", math.inf, allowed, reason)


def unsupported(reason: str) -> Verdict:
    """Neither good nor bad: the backend says that it cannot do this."""
    return Verdict("unsupported", 0.0, 0.0, reason)


def raised(error: BaseException) -> Verdict:
    """The failure of a backend that raised where it should not have."""
    first = str(error).strip().partition("\n")[0]
    said = shorten(first, SAID, placeholder=" ...")
    return failed(f"raised {type(error).__name__}: {said}")


@dataclass(frozen=True)
class Histogram:
    """How often values fell into each bin, and how often they should.

    Attributes:
        edges: of the bins, one more than there are bins.
        counts: values in each bin; those beyond the edges are in none.
        expected: the expectation of the counts.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    expected: tuple[float, ...]
