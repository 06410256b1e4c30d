"""Run the suite on a net, once for each seed."""

from __future__ import annotations

import resource
from collections import Counter
from typing import NamedTuple

from netspec._system import cores
from netspec.conformance import Report, conform
from tests.decided.nets import Net


class Decision(NamedTuple):
    """What the suite says of a net.

    Attributes:
        net: the net.
        verdicts: number of seeds with each verdict.
        counts: number of rows of each status, over all seeds.
        seconds: of the processors, in the longest run.
    """

    net: Net
    verdicts: Counter[str]
    counts: Counter[str]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether every seed passes."""
        return set(self.verdicts) == {"PASSED"}


def decide(net: Net) -> Decision:
    """Compare backends on a net, in both dtypes, by every check."""
    found = [_timed(net, seed) for seed in net.seeds]
    counts = sum((Counter(report.counts) for report, _ in found), Counter[str]())
    verdicts = Counter(report.verdict for report, _ in found)
    return Decision(net, verdicts, counts, max(seconds for _, seconds in found))


def _timed(net: Net, seed: int) -> tuple[Report, float]:
    start = _used()
    report = conform(
        net.spec,
        net.backends(seed),
        seed=seed,
        jobs=1 if net.large else cores(),
        isolate=True,  # so that memory ends with its backend
        timeout=3600.0,  # the machine may be busy
    )
    return report, _used() - start


def _used() -> float:
    """Return the seconds that processors worked for this process and those it began."""
    whose = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    used = [resource.getrusage(one) for one in whose]
    return sum(each.ru_utime + each.ru_stime for each in used)
