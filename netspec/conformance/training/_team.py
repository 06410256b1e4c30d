"""The references that follow one run: exact, rounded, and with other decisions.

All of them start a step at the same parameters; each has an optimizer of its own, which
goes on from step to step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import fields, replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from netspec.conformance.judging import (
    OTHERS,
    UNIT_ROUNDOFF,
    Expected,
    Kinks,
    Unseen,
    difference,
    distances,
    explain,
    levels,
    norm,
    scalars_apart,
    scatter,
    widen,
)
from netspec.conformance.training._predict import UNIT, Predicted, Predictor, replicas
from netspec.conformance.training._run import TrainingRun
from netspec.conformance.training._sums import Part, Sums, distance
from netspec.contract import Array, Arrays, Numerics
from netspec.reference import Decision, Free, Record, Replay

REPLICAS = 2  # their draws add up over the steps
PATIENCE = 2  # steps that flips do not explain, after which none is searched


Decisions: TypeAlias = Sequence[Decision] | None


class _Look(NamedTuple):
    """A step, evaluated exactly and rounded with the same decisions."""

    exact: Predicted
    rounded: list[Predicted]
    made: Sequence[Decision]
    replays: list[Replay]


class Team:
    """The references of a run.

    Args:
        run: what the backend trains, in its dtype.
        numerics: conventions that the backend declares.
        dtype: the format under test.
        unseen: conventions that were not seen on the device of the backend.

    Attributes:
        contested: number of units on a kink, by path of their layer, since a step that
            flips did not explain; empty if there is none.
    """

    def __init__(
        self, run: TrainingRun, numerics: Numerics, dtype: str, unseen: Unseen
    ) -> None:
        self._dtype, self._scale = dtype, UNIT_ROUNDOFF[dtype] / UNIT
        self._exact = Predictor(run, numerics)
        self._rounded = replicas(run, numerics, REPLICAS)
        self._others = dict(_others(run, numerics, unseen))
        self._flipped: list[Predictor] = []
        self._unexplained = 0
        self.contested: Counter[str] = Counter()

    def follow(
        self, step: int, before: Arrays, after: Arrays, sums: Mapping[str, Sums]
    ) -> Part | None:
        """Predict a step, add it to the sums by canonical path, and make it.

        Args:
            step: its number, from 0.
            before: the backend's parameters and running statistics before it.
            after: those after it.
            sums: of each parameter and running statistic.

        Returns:
            What is expected of the loss before the step; None, and nothing is made, if
            the step leaves the range of the dtype.
        """
        start = {path: widen(value) for path, value in before.items()}
        look = self._look(start, step)
        if self._leaves(look.exact):
            return None
        kinks = self._kinks(look)
        if kinks.contested and not self._is_close(look, after):
            look = self._explain(look, kinks, after, step)
        flipped = list(self._flip(look, step)) if self.contested else []
        others = dict(self._otherwise(look, step))
        for path, value in after.items():
            part = Part(
                self._expect(look, path, value),
                [one.tensor(path) for one in flipped],
                {name: other.tensor(path) for name, other in others.items()},
            )
            sums[path].add(_received(look.exact, path, value), part)
        self._make(look, flipped, others)
        return self._loss(look, flipped, others)

    def leaves_range(self, step: int, before: Arrays) -> bool:
        """Tell whether a step of the reference has numbers whose squares, which Adam
        takes, the dtype cannot hold.
        """
        start = {path: widen(value) for path, value in before.items()}
        return self._leaves(self._exact.predict(start, step, Free()))

    def _leaves(self, step: Predicted) -> bool:
        top = float(np.finfo(self._dtype).max) ** 0.5
        seen = [step.slope.loss, *step.slope.grads.values()]
        return not all(float(np.abs(value).max(initial=0)) < top for value in seen)

    def _look(self, start: Arrays, step: int, made: Decisions = None) -> _Look:
        """Evaluate the step exactly and rounded, with given or with free decisions."""
        record = Record()
        exact = self._exact.predict(start, step, Replay(made) if made else record)
        made = made or record.made
        replays = [Replay(made) for _ in self._rounded]
        sizes: list[Array] = []
        rounded = [
            replica.predict(start, step, replay, sizes)
            for replica, replay in zip(self._rounded, replays, strict=True)
        ]
        return _Look(exact, rounded, made, replays)

    def _expect(self, look: _Look, path: str, after: Array) -> Expected:
        exact = look.exact.tensor(path)
        spread = distance(exact, [replica.tensor(path) for replica in look.rounded])
        stored = norm(widen(after)) if path in look.exact.slope.grads else 0.0
        return Expected(exact, self._scale * spread, self._dtype, stored)

    def _is_close(self, look: _Look, after: Arrays) -> bool:
        """Tell whether the step alone is within what rounding explains."""
        for path, value in after.items():
            expected = self._expect(look, path, value)
            moved = _received(look.exact, path, value)
            if not np.linalg.norm(moved - expected.exact) <= expected.allowed:
                return False
        return True

    def _explain(self, look: _Look, kinks: Kinks, after: Arrays, step: int) -> _Look:
        """Look again with flips that explain the step, if there are any."""
        start = look.exact.params
        if self._unexplained < PATIENCE:

            def evaluate(made: list[Decision]) -> dict[str, Array]:
                return self._exact.predict(start, step, Replay(made)).tensors()

            explained = explain(
                kinks,
                evaluate,
                {p: _received(look.exact, p, value) for p, value in after.items()},
                {p: self._expect(look, p, value) for p, value in after.items()},
            )
            if explained:
                return self._look(start, step, explained.made)
        self._unexplained += 1
        self.contested += Counter(kinks.contested)
        return look

    def _kinks(self, look: _Look) -> Kinks:
        seen = zip(*(replay.seen for replay in look.replays), strict=True)
        sigmas = map(_sigma, look.made, seen)
        apart = [
            distances(decision, self._scale * sigma, self._dtype)
            for decision, sigma in zip(look.made, sigmas, strict=True)
        ]
        return Kinks(look.made, apart)

    def _flip(self, look: _Look, step: int) -> Iterator[Predicted]:
        """Predict the step with flips that the backend may have made."""
        if not self._flipped:
            self._flipped = [copy(self._exact), copy(self._exact)]
        scattered = scatter(self._kinks(look), step)
        for one, made in zip(self._flipped, scattered, strict=True):
            yield one.predict(look.exact.params, step, Replay(made))

    def _otherwise(self, look: _Look, step: int) -> Iterator[tuple[str, Predicted]]:
        """Predict the step without each convention."""
        start = look.exact.params
        for name, other in self._others.items():
            if other.layers == self._exact.layers:  # the optimizers alone differ
                yield name, other.predict_with(look.exact.slope, start, step)
            else:
                yield name, other.predict(start, step, Replay(look.made))

    def _make(
        self, look: _Look, flipped: list[Predicted], others: dict[str, Predicted]
    ) -> None:
        team = [self._exact, *self._rounded, *self._flipped, *self._others.values()]
        made = [look.exact, *look.rounded, *flipped, *others.values()]
        for predictor, predicted in zip(team, made, strict=True):
            predictor.make(predicted)

    def _loss(
        self, look: _Look, flipped: list[Predicted], others: dict[str, Predicted]
    ) -> Part:
        exact, *rounded = (each.slope.loss for each in [look.exact, *look.rounded])
        return Part(
            Expected(exact, self._scale * distance(exact, rounded), self._dtype),
            [one.slope.loss for one in flipped],
            {name: other.slope.loss for name, other in others.items()},
        )


def _received(exact: Predicted, path: str, after: Array) -> Array:
    """Return what a backend subtracted from a parameter, or a statistic as it is."""
    if path in exact.slope.grads:
        return np.asarray(exact.params[path] - after)
    return widen(after)


def _others(
    run: TrainingRun, numerics: Numerics, unseen: Unseen
) -> Iterator[tuple[str, Predictor]]:
    """Yield a reference without each convention that is declared, and with another for
    each that was not seen here, by its name.
    """
    changes = {field.name: field.default for field in fields(numerics)}
    changes |= {name: OTHERS[name](getattr(numerics, name)) for name in unseen}
    for name, value in changes.items():
        if getattr(numerics, name) != value:
            change: dict[str, Any] = {name: value}
            yield name, Predictor(run, replace(numerics, **change))
    for name, without in scalars_apart(numerics):
        yield name, Predictor(run, without)


def _sigma(exact: Decision, rounded: Sequence[Decision]) -> Array:
    """Return the standard deviation under rounding of what a decision compares.

    Of a single value it is that of few draws, so it is at least what is usual in its
    tensor; 0 where a value is exact, such as a zero of the ReLU before.
    """
    level = levels(exact, exact.x)
    moved = [difference(levels(other, other.x), level) for other in rounded]
    own = np.sqrt(sum(m * m for m in moved) / len(moved))
    return np.where(own > 0, np.maximum(own, np.sqrt(np.mean(own * own))), 0.0)
