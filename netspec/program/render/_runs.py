"""What a call has several times in a row, so that a loop makes it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from netspec.program._call import Call, Expr
from netspec.program.render._code import Use, makes_layers, uses_block

Entry: TypeAlias = "tuple[str, Expr]"  # an argument, after its prefix

LEAST = 3  # times
PAIRS = 2  # times that a block stands there with what follows it


class Run(NamedTuple):
    """Entries of a call, and how often they stand there, one after the other."""

    entries: tuple[Entry, ...]
    times: int


def runs(entries: Sequence[Entry]) -> Iterator[Run]:
    """Group entries that make the same layers several times, where that is shorter."""
    start = 0
    while start < len(entries):
        run = _run(entries, start)
        yield run
        start += len(run.entries) * run.times


def _run(entries: Sequence[Entry], start: int) -> Run:
    times = _times(entries, start, 1)
    name, value = entries[start]
    if times >= LEAST and not name and times >= _least(value):
        return Run((entries[start],), times)
    times = _times(entries, start, 2) if times == 1 else 1
    pair = tuple(entries[start : start + 2])
    if (
        times >= PAIRS
        and not any(name for name, _ in pair)
        and _is_use(pair[0][1])
        and makes_layers(pair[1][1])
    ):
        return Run(pair, times)
    return Run((entries[start],), 1)


def _times(entries: Sequence[Entry], start: int, length: int) -> int:
    """Count how often so many entries stand in a row from one on."""
    first, times = entries[start : start + length], 1
    while entries[(end := start + times * length) : end + length] == first:
        times += 1
    return times


def _least(value: Expr) -> int:
    """Return how often layers must be made for a loop: a single one needs more."""
    if _is_use(value):
        return LEAST
    if not isinstance(value, Call) or not makes_layers(value):
        return sys.maxsize
    return 4 if value.path and not any(map(makes_layers, value.args)) else LEAST


def _is_use(value: Expr) -> bool:
    """Tell whether an entry is a block of layers, by name."""
    return isinstance(value, Use) or (isinstance(value, Call) and uses_block(value))
