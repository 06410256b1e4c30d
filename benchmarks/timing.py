"""Side-by-side timing: every round runs each case once, all orders occur equally often,
and ratios are taken within a round, so that neither the case before nor other work on
the machine favors a case.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice, permutations

Case = Callable[[], object]
Times = dict[str, list[float]]


@dataclass(frozen=True)
class Ratio:
    """A ratio of times, over the rounds.

    Attributes:
        median: the median.
        low: lower quartile.
        high: upper quartile.
    """

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} [{self.low:.2f}, {self.high:.2f}]"


def interleave(
    cases: Mapping[str, Case], rounds: int = 24, slice_s: float = 0.01
) -> Times:
    """Measure the seconds that one call of each case takes, in every round.

    Args:
        cases: functions without arguments, by name.
        rounds: number of measurements of each case.
        slice_s: seconds that a case, repeated, takes in a round.
    """
    repeats = {name: _repeats(case, slice_s) for name, case in cases.items()}
    times: Times = {name: [] for name in cases}
    gc.disable()
    gc.freeze()  # so that collections skip the objects that exist already
    for order in _orders(cases, rounds):
        for name in order:
            gc.collect()
            times[name].append(_time(cases[name], repeats[name]))
    gc.unfreeze()
    gc.enable()
    return times


def pooled(runs: Iterable[Times]) -> Times:
    """Join the rounds of several runs of the same cases."""
    together: Times = {}
    for times in runs:
        for name, seconds in times.items():
            together.setdefault(name, []).extend(seconds)
    return together


def _orders(cases: Iterable[str], rounds: int) -> Iterator[tuple[str, ...]]:
    orders = list(permutations(cases))
    random.Random(0).shuffle(orders)
    return islice(cycle(orders), rounds)


def _repeats(case: Case, slice_s: float) -> int:
    case()
    seconds = min(_time(case, 1) for _ in range(3))
    return max(1, min(1000, int(slice_s / max(seconds, 1e-7))))


def _time(case: Case, repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        case()
    return (time.perf_counter() - start) / repeats


def ratio(times: Times, name: str, base: str) -> Ratio:
    """Divide the times of one case by those of another, paired by round."""
    paired = [a / b for a, b in zip(times[name], times[base], strict=True)]
    low, median, high = statistics.quantiles(paired, n=4)
    return Ratio(median, low, high)
