"""Sum distances over the steps of a run, and judge them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from netspec.conformance.judging import (
    Expected,
    Verdict,
    allowance,
    difference,
    doubt,
    is_zero,
    norm,
    noted,
    weigh,
)
from netspec.contract import Array


class Part(NamedTuple):
    """What one step did to a tensor.

    Attributes:
        received: what the backend did.
        expected: of the reference.
        flipped: of the references with flips that the backend may have made.
        others: of the references without one convention each, by its name.
    """

    received: Array
    expected: Expected
    flipped: list[Array]
    others: dict[str, Array]


@dataclass
class Sums:
    """Squares of the 2-norms of one tensor, summed over steps.

    Attributes:
        dtype: the format under test.
        used: of the distance from the reference.
        spread: of what rounding does.
        size: of what is expected.
        stored: of what is rounded when it is stored.
        flips: of what flips that may have been made do.
        moved: of what each declared convention does, by its name.
    """

    dtype: str
    used: float = 0.0
    spread: float = 0.0
    size: float = 0.0
    stored: float = 0.0
    flips: float = 0.0
    moved: dict[str, float] = field(default_factory=dict)

    def add(self, part: Part) -> None:
        """Add a step."""
        expected, exact = part.expected, part.expected.exact
        self.used += norm(np.asarray(part.received - exact)) ** 2
        self.spread += expected.spread**2
        self.size += expected.norm**2
        self.stored += expected.stored**2
        if part.flipped:
            self.flips += distance(exact, part.flipped) ** 2
        for name, other in part.others.items():
            moved = norm(difference(other, exact)) ** 2
            self.moved[name] = self.moved.get(name, 0.0) + moved

    def verdict(self, units: Mapping[str, int]) -> Verdict:
        """Judge the steps together.

        Args:
            units: number of units on a kink, by path of their layer, where flips could
                not explain a step.
        """
        allowed, size = self._allowed(self.spread), math.sqrt(self.size)
        verdict = weigh(math.sqrt(self.used), size, allowed, self.dtype)
        if verdict.status == "fail" and units:
            return doubt(verdict, units, self._allowed(self.spread + self.flips))
        far = [name for name, square in self.moved.items() if square > allowed**2]
        zero = is_zero(size, allowed, self.dtype)
        return noted(verdict, () if zero else tuple(far))

    def _allowed(self, spread: float) -> float:
        sizes = math.sqrt(self.size), self.dtype, math.sqrt(self.stored)
        return allowance(math.sqrt(spread), *sizes)


def distance(exact: Array, others: Sequence[Array]) -> float:
    """Return the root mean square of the distances from the exact tensor."""
    squares = [norm(difference(other, exact)) ** 2 for other in others]
    return math.sqrt(math.fsum(squares) / len(squares))
