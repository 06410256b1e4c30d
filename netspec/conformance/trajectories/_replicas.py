"""Train the exact reference and its rounded replicas on the same batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

import numpy as np

from netspec.conformance.judging import (
    REPLICAS,
    UNIT_ROUNDOFF,
    contested,
    difference,
    levels,
    norm,
    scalars_of,
    widen,
)
from netspec.conformance.trajectories._recipes import Recipe
from netspec.contract import Array, Arrays, Numerics, Optimizer
from netspec.reference import Decision, Descent, Learner, Perturbed, Record, Replay
from netspec.spec import Spec

Doubts: TypeAlias = Counter[tuple[str, str]]
"""Number of ambiguous units, by dtype and the path of their layer."""

UNIT = UNIT_ROUNDOFF["float32"]


def leader(spec: Spec, params: Arrays, recipe: Recipe, numerics: Numerics) -> Learner:
    """Return the exact reference in training, with the conventions of a framework."""
    return Learner(
        spec,
        {path: widen(value) for path, value in params.items()},
        Descent(recipe.optimizer, numerics),
        recipe.loss,
        native_variance=numerics.running_variance,
        scalars=scalars_of(numerics),
    )


def replica(spec: Spec, params: Arrays, recipe: Recipe, seed: int) -> Learner:
    """Return the reference in training, without conventions, with random
    rounding to float32.
    """
    ops, coarse = Perturbed(UNIT, seed), Perturbed(2 * UNIT, seed + REPLICAS)
    return Learner(
        spec,
        {path: widen(value) for path, value in params.items()},
        Descent(recipe.optimizer, ops=ops, coarse=coarse),
        recipe.loss,
        ops=ops,
    )


def ways(optimizer: Optimizer) -> Iterator[Numerics]:
    """Yield the conventions that move the trajectory of an
    optimizer; defaults first.
    """
    yield Numerics()
    if optimizer.method == "adam":
        yield Numerics(adam_eps="raw")
    elif optimizer.changes_rate:
        yield Numerics(velocity_holds_rate=True)


class Replicas:
    """The learners of one trajectory: exact leaders, one for each convention, and
    rounded replicas, which repeat the decisions of the first leader.
    """

    def __init__(self, spec: Spec, params: Arrays, recipe: Recipe) -> None:
        conventions = ways(recipe.optimizer)
        self._leaders = [leader(spec, params, recipe, way) for way in conventions]
        self._replicas = [
            replica(spec, params, recipe, seed) for seed in range(REPLICAS)
        ]
        self._losses: list[list[Array]] = []
        self._typical: list[float] = []

    def glance(self, x: Array) -> bool:
        """Tell whether the next batch seems to have no ambiguous units for the leaders,
        with the margins of the batch before.
        """
        made = self._lead(x)
        return not any(_doubts(own, map(_guess, own, self._typical)) for own in made)

    def look(self, x: Array) -> Doubts:
        """Let all learners read the inputs of the next batch; count
        its ambiguous units.
        """
        made = self._lead(x)
        replays = [Replay(made[0]) for _ in self._replicas]
        inputs = widen(x)
        for learner, replay in zip(self._replicas, replays, strict=True):
            learner.look(inputs, replay)
        seen = zip(*(replay.seen for replay in replays), strict=True)
        sigmas = list(map(_sigma, made[0], seen))
        self._typical = [float(np.sqrt(np.mean(sigma**2))) for sigma in sigmas]
        others = (_doubts(own, map(_guess, own, sigmas)) for own in made[1:])
        return sum(others, _doubts(made[0], sigmas))

    def _lead(self, x: Array) -> list[list[Decision]]:
        """Return the decisions of the leaders."""
        records = [Record() for _ in self._leaders]
        for learner, record in zip(self._leaders, records, strict=True):
            learner.look(widen(x), record)
        return [record.made for record in records]

    def learn(self, y: Array, rate: float) -> None:
        """Let all learners take a step on the batch that they read last."""
        y = widen(y)
        for learner in self._leaders[1:]:
            learner.learn(y, rate)
        team = [self._leaders[0], *self._replicas]
        self._losses.append([learner.learn(y, rate) for learner in team])

    def spread(self) -> dict[str, float]:
        """Return, by tensor, how far the replicas are from the first leader, over u."""
        exact, *rounded = np.asarray(self._losses, np.float64).T
        found = {"losses": _spread(exact, rounded)}
        for path, value in self._leaders[0].params.items():
            found[path] = _spread(value, [r.params[path] for r in self._replicas])
        return found


def _spread(exact: Array, rounded: Sequence[Array]) -> float:
    squares = [norm(value - exact) ** 2 for value in rounded]
    return float(np.sqrt(np.mean(squares))) / UNIT


def _sigma(first: Decision, others: Sequence[Decision]) -> Array:
    """Return the standard deviation under rounding of what a decision compares."""
    level = levels(first, first.x)
    moved = (difference(levels(other, other.x), level) for other in others)
    return np.sqrt(sum(m * m for m in moved) / len(others))


def _guess(decision: Decision, sigma: Array | float) -> Array:
    """Estimate sigma from that of another batch or convention: 0 where a value is
    exactly at an edge, where it stays, such as a zero of the ReLU before.
    """
    off = [decision.x != kink for kink in decision.kinks]
    return np.asarray(sigma * np.all(off, axis=0) if off else sigma)


def _doubts(made: Iterable[Decision], sigmas: Iterable[Array]) -> Doubts:
    doubts: Doubts = Counter()
    for decision, sigma in zip(made, sigmas, strict=False):
        for dtype, unit in UNIT_ROUNDOFF.items():
            mask = contested(decision, sigma * (unit / UNIT), dtype)
            doubts[dtype, decision.path] += int(mask.sum())
    return +doubts  # without zeros
