"""Explain flips: contested units that a backend decides differently.

Where a backend is too far from the reference, a unit on a kink may be why: both sides
are right. The nearest contested units are tried, each flip alone; a greedy search finds
the set of them that brings the reference closest to the backend, and the reference runs
again with these flips. They explain the backend only if every tensor is then within
what is allowed; the tolerance stays the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np

from netspec.conformance.judging._kinks import MARGIN
from netspec.conformance.judging._tolerance import Expected, norm
from netspec.conformance.judging._verdict import Verdict
from netspec.contract import Array, Arrays
from netspec.reference import Decision

NEAREST = (8, 32, 128)  # units that are tried, more where fewer do not explain
LIKELY = 2.0  # sigma: three times the distance of the farthest flip ever seen
BUCKETS = 2**12  # numbers by which the changes of a tensor are compared

Evaluate: TypeAlias = Callable[[list[Decision]], Mapping[str, Array]]
"""From decisions, the tensors of the reference with them."""


class Kinks(NamedTuple):
    """The decisions of a run, and how surely each was made.

    Attributes:
        made: in order of computation.
        distances: for each decision, what `distances` says of its values.
    """

    made: Sequence[Decision]
    distances: Sequence[Array]

    @property
    def contested(self) -> dict[str, int]:
        """Number of units that rounding may decide either way, by path of the layer."""
        counts: dict[str, int] = {}
        for decision, apart in zip(self.made, self.distances, strict=True):
            if count := int(np.sum(apart < MARGIN)):
                counts[decision.path] = counts.get(decision.path, 0) + count
        return counts


NO_KINKS = Kinks((), ())


class Flip(NamedTuple):
    """A value that may fall on the other piece of its function.

    Attributes:
        distance: from the kink, in standard deviations.
        decision: index of the decision about the value.
        position: index of the value in the flattened array that is decided.
    """

    distance: float
    decision: int
    position: int


class Explained(NamedTuple):
    """Decisions that explain what a backend returned.

    Attributes:
        made: all decisions, some of them flipped.
        tensors: of the reference with these decisions.
    """

    made: list[Decision]
    tensors: Mapping[str, Array]


def explain(
    kinks: Kinks, evaluate: Evaluate, received: Arrays, expected: Mapping[str, Expected]
) -> Explained | None:
    """Find flips with which every tensor is within what is allowed.

    Args:
        kinks: of the reference.
        evaluate: runs the reference with other decisions.
        received: tensors that the backend returned; none of them is malformed.
        expected: tensors of the reference without flips.

    Returns:
        None if no flips of the nearest contested units explain them.
    """
    columns: dict[Flip, Array] = {}
    residual = _change(received, expected)
    for most in NEAREST:
        nearest = _nearest(kinks, most)
        for flip in nearest[len(columns) :]:
            with_flip = evaluate(_flipped(kinks.made, [flip]))
            columns[flip] = _change(with_flip, expected)
        chosen = _greedy(columns, residual)
        made = _flipped(kinks.made, chosen)
        found = evaluate(made)
        if chosen and is_close(received, found, expected):
            return Explained(made, found)
        if len(nearest) < most:
            break
    return None


def is_close(
    received: Arrays, found: Mapping[str, Array], expected: Mapping[str, Expected]
) -> bool:
    """Tell whether every tensor is within what is allowed of `found`."""
    return all(
        norm(_difference(received[name], found[name], of_tensor.exact))
        <= of_tensor.allowed
        for name, of_tensor in expected.items()
    )


def scatter(kinks: Kinks, seed: int) -> tuple[list[Decision], list[Decision]]:
    """Return decisions twice: each unit that a backend may well decide differently is
    flipped in one of the two, at random.
    """
    random = np.random.default_rng(seed)
    one, other = list(kinks.made), list(kinks.made)
    for index, (decision, apart) in enumerate(zip(*kinks, strict=True)):
        likely = np.flatnonzero(apart < LIKELY)
        first = random.random(len(likely)) < 0.5
        one[index] = _flip(decision, likely[first])
        other[index] = _flip(decision, likely[~first])
    return one, other


def blunted(expected: Expected, flipped: Sequence[Array]) -> float:
    """Return what is allowed where the flips of `scatter` may have been made.

    Args:
        expected: a tensor of the reference.
        flipped: the same with the flips.
    """
    moved = [norm(_difference(x, expected.exact, expected.exact)) for x in flipped]
    flips = math.hypot(*moved) / math.sqrt(len(flipped))
    return replace(expected, spread=math.hypot(expected.spread, flips)).allowed


def doubt(verdict: Verdict, kinks: Mapping[str, int], allowed: float) -> Verdict:
    """Return the verdict, undecided if flips may be why it is a failure.

    Args:
        verdict: a failure.
        kinks: number of contested units, by path of their layer.
        allowed: what is allowed where they may be flipped.
    """
    if not verdict.used <= allowed:
        return verdict
    units = ", ".join(f"{count} at {path}" for path, count in kinks.items())
    reason = f"units on a kink: {units}; try another seed"
    return replace(verdict, status="inconclusive", reason=reason)


def _nearest(kinks: Kinks, most: int) -> list[Flip]:
    """List the contested units nearest to a kink, the nearest first."""
    found: list[Flip] = []
    for index, apart in enumerate(kinks.distances):
        flat = apart.ravel()
        close = np.flatnonzero(flat < MARGIN)
        close = close[np.argsort(flat[close], kind="stable")[:most]]
        found += [Flip(float(flat[n]), index, int(n)) for n in close]
    return sorted(found)[:most]


def _greedy(columns: Mapping[Flip, Array], residual: Array) -> list[Flip]:
    """Choose the columns whose sum is closest to the residual, one after the other."""
    chosen: set[Flip] = set()
    for _ in range(2 * len(columns)):
        gains = {
            flip: 2 * sign * float(column @ residual) - float(column @ column)
            for flip, column in columns.items()
            for sign in [-1 if flip in chosen else 1]
        }
        best = max(gains, key=gains.__getitem__, default=None)
        if best is None or gains[best] <= 0:
            break
        residual = residual + (columns[best] if best in chosen else -columns[best])
        chosen ^= {best}
    return sorted(chosen)


def _change(values: Arrays, expected: Mapping[str, Expected]) -> Array:
    """Concatenate the distances of all tensors from the reference, each in units of
    what is allowed and, where it is large, in short.
    """
    return np.concatenate(
        [
            _sketch(_difference(values[name], of_tensor.exact, of_tensor.exact))
            / (of_tensor.allowed or 1.0)
            for name, of_tensor in expected.items()
        ]
    )


def _difference(one: Array, other: Array, finite: Array) -> Array:
    """Subtract two tensors where a third is finite."""
    where = np.isfinite(finite)
    return np.asarray(one[where].astype(np.float64) - other[where])


def _sketch(x: Array) -> Array:
    """Sum the values with random signs into `BUCKETS` numbers, which keeps products of
    two tensors but for a few percent.
    """
    if x.size <= BUCKETS:
        return x
    signed = np.zeros(-(-x.size // BUCKETS) * BUCKETS)
    signed[: x.size] = x * np.resize(_signs(), x.size)
    return np.asarray(signed.reshape(-1, BUCKETS).sum(axis=0))


@lru_cache(maxsize=1)
def _signs() -> Array:
    return np.random.default_rng(0).choice([-1.0, 1.0], 2**20 - 1)


def _flipped(made: Sequence[Decision], flips: Iterable[Flip]) -> list[Decision]:
    decisions = list(made)
    for flip in flips:
        before = decisions[flip.decision]
        decisions[flip.decision] = _flip(before, np.array([flip.position]))
    return decisions


def _flip(decision: Decision, positions: Array) -> Decision:
    """Decide as just beyond the kink; for a pool, in favor of the second largest."""
    if not len(positions):
        return decision
    choice = decision.choice.copy()
    choice.flat[positions] = _other(decision, positions)
    return decision._replace(choice=choice)


def _other(decision: Decision, positions: Array) -> Array:
    if decision.kinks:
        x = decision.x.ravel()[positions]
        kinks = np.asarray(decision.kinks)
        kink = kinks[np.abs(x[:, None] - kinks).argmin(axis=1)]
        return decision.decide(
            np.where(x == kink, np.nextafter(kink, np.inf), 2 * kink - x)
        )
    candidates = decision.x.reshape(len(decision.x), -1)[:, positions].copy()
    candidates[decision.choice.ravel()[positions], np.arange(len(positions))] = -np.inf
    return decision.decide(candidates)
