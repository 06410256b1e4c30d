"""A compiled net against the hand-written one and its twin, at several batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.nets import BATCHES, SIZES, SPECS
from benchmarks.report import Row
from benchmarks.timing import Case, Times, interleave, pooled, ratio
from netspec import Spec

# The memory addresses of its arrays can make a net faster than an identical one
SETS, ROUNDS = 4, 6

Make = Callable[[], Any]


@dataclass(frozen=True)
class Mode:
    """A kind of call of a net, such as forward and backward.

    Attributes:
        what: name of the mode.
        case: makes the function to time, from a net and a batch.
        batches: batch sizes to measure, unless the net has its own.
    """

    what: str
    case: Callable[[Any, Any], Case]
    batches: tuple[int, ...] = BATCHES


def rows(
    ours: Callable[[Spec], Any],
    by_hand: Mapping[str, Make],
    batch: Callable[[NDArray[np.float32]], Any],
    modes: tuple[Mode, ...],
) -> Iterator[Row]:
    """Yield one row for each net that is written by hand, mode and batch size.

    Args:
        ours: compiles a spec to a net.
        by_hand: functions that make hand-written nets, by name.
        batch: converts a NumPy array to an array of the framework.
        modes: kinds of calls to time.
    """
    for name, hand in by_hand.items():
        spec = SPECS[name]
        make: dict[str, Make] = {
            "ours": partial(ours, spec),
            "by hand": hand,
            "twin": hand,
        }
        for mode in modes:
            for size in SIZES.get(name, mode.batches):
                x = batch(_draw(size, *spec.input_shape))
                what = f"{name}, batch {size}: {mode.what}"
                yield _row(what, pooled(_times(make, mode, x) for _ in range(SETS)))


def _draw(*shape: int) -> NDArray[np.float32]:
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def _times(make: Mapping[str, Make], mode: Mode, x: Any) -> Times:
    cases = {name: mode.case(new(), x) for name, new in make.items()}
    return interleave(cases, ROUNDS)


def _row(what: str, times: Times) -> Row:
    twin = ratio(times, "twin", "by hand")
    return Row(what, ratio(times, "ours", "by hand"), 1.05 * twin.median)
