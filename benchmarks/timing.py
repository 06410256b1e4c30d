"""Side-by-side timing: every round runs each case once, in random order, and ratios
are taken within a round, so that other work on the machine touches all cases alike.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Case = Callable[[], object]
Times = dict[str, list[float]]


@dataclass(frozen=True)
class Ratio:
    """A ratio of times.

    Attributes:
        median: over the rounds.
        low: lower quartile.
        high: upper quartile.
    """

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} [{self.low:.2f}, {self.high:.2f}]"


def interleave(
    cases: dict[str, Case], rounds: int = 25, slice_s: float = 0.01
) -> Times:
    """Seconds for one call of each case, in every round.

    Args:
        cases: functions without arguments, by name.
        rounds: how often each is measured.
        slice_s: a case is repeated within a round until it takes about this long.
    """
    repeats = {name: _repeats(case, slice_s) for name, case in cases.items()}
    times: Times = {name: [] for name in cases}
    order = list(cases)
    shuffle = random.Random(0).shuffle
    gc.disable()
    for _ in range(rounds):
        shuffle(order)
        for name in order:
            times[name].append(_time(cases[name], repeats[name]))
        gc.collect()
    gc.enable()
    return times


def _repeats(case: Case, slice_s: float) -> int:
    for _ in range(3):
        case()
    return max(1, min(1000, int(slice_s / max(_time(case, 2), 1e-7))))


def _time(case: Case, repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        case()
    return (time.perf_counter() - start) / repeats


def ratio(times: Times, name: str, base: str) -> Ratio:
    """One case against another, paired by round."""
    paired = [a / b for a, b in zip(times[name], times[base], strict=True)]
    low, median, high = statistics.quantiles(paired, n=4)
    return Ratio(median, low, high)
