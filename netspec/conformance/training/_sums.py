"""Sum distances over the steps of a run, and judge them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from netspec.conformance.judging import (
    Expected,
    Unseen,
    Verdict,
    difference,
    doubt,
    measured,
    norm,
    noted,
    rests_on,
    sharpened,
    weighed,
)
from netspec.contract import Array


class Part(NamedTuple):
    """What one step does to a tensor.

    Attributes:
        expected: of the reference.
        flipped: of the references with flips that the backend may have made.
        others: of the references without one convention each, by its name.
    """

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

    def add(self, received: Array, part: Part) -> None:
        """Add a step of a backend."""
        expected, exact = part.expected, part.expected.exact
        self.used += float(np.linalg.norm(received - exact)) ** 2  # NaN, too
        self.spread += expected.spread**2
        self.size += expected.norm**2
        self.stored += expected.stored**2
        if part.flipped:
            self.flips += distance(exact, part.flipped) ** 2
        for name, other in part.others.items():
            moved = norm(difference(other, exact)) ** 2
            self.moved[name] = self.moved.get(name, 0.0) + moved

    def verdict(self, units: Mapping[str, int], unseen: Unseen) -> Verdict:
        """Judge the steps together.

        Args:
            units: number of units on a kink, by path of their layer, where flips could
                not explain a step.
            unseen: conventions that were not seen on the device of the backend.
        """
        expected = self._expected(self.spread)
        used, allowed = math.sqrt(self.used), expected.allowed
        far = [name for name, square in self.moved.items() if square > allowed**2]
        for name in far:
            if name in unseen:
                return Verdict("inconclusive", used, allowed, rests_on(name, unseen))
        verdict = measured(used, allowed, "too far from the reference")
        if verdict.status == "fail" and units:
            return doubt(
                verdict, units, self._expected(self.spread + self.flips).allowed
            )
        if expected.is_blunt:
            return weighed(verdict, expected.size)
        return noted(verdict, () if expected.is_structural_zero else sharpened(far))

    def _expected(self, spread: float) -> Expected:
        """Return all steps as one, whose tensor is as long as theirs together."""
        size, stored = np.sqrt(self.size), math.sqrt(self.stored)
        return Expected(np.asarray(size), math.sqrt(spread), self.dtype, stored)


def distance(exact: Array, others: Sequence[Array]) -> float:
    """Return the root mean square of the distances from the exact tensor."""
    squares = [norm(difference(other, exact)) ** 2 for other in others]
    return math.sqrt(math.fsum(squares) / len(squares))
