"""Follow a backend: predict each step of its training from where it really is.

A trajectory of its own would part from the backend's in every chaotic net, by rounding
alone. So the reference starts each step at the backend's own parameters and running
statistics; only its optimizer goes on from step to step. Replicas, which round at
random, start there, too: their spread is what rounding does to one step.

For each tensor there is one verdict on all steps, of the update: what the backend
subtracts from a parameter against what the reference does. Where a step is farther from
the reference than rounding explains, flips of units on a kink may explain it; the
reference then goes on with these flips.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from netspec.conformance.judging import (
    Expected,
    Unseen,
    Verdict,
    failed,
    is_malformed,
)
from netspec.conformance.training._run import TrainingRun
from netspec.conformance.training._sums import Part, Sums
from netspec.conformance.training._team import Team
from netspec.contract import Arrays, Numerics, Trained


class Follower:
    """Judges every step of a backend where it is made, and all of them together.

    Args:
        run: what the backend trains, in its dtype.
        numerics: conventions that the backend declares.
        dtype: the format under test.
        unseen: conventions that were not seen on the device of the backend.

    Attributes:
        problems: what is malformed, by tensor; nothing is followed after it.
    """

    def __init__(
        self, run: TrainingRun, numerics: Numerics, dtype: str, unseen: Unseen
    ) -> None:
        self._run, self._dtype, self._unseen = run, dtype, unseen
        self._team = Team(run, numerics, dtype, unseen)
        self._sums = {path: Sums(dtype) for path in run.params}
        self._losses: list[Part] = []
        self._last: Arrays = run.params
        self.problems: dict[str, str] = {}

    def watch(self, step: int, params: Mapping[str, Any]) -> None:
        """Judge the step that led to these parameters; see `TrainingBackend.train`."""
        if self.problems:
            return
        shown = {path: _own(value) for path, value in params.items()}
        self.problems = dict(self._wrong_step(step, shown))
        if self.problems:
            return
        with np.errstate(all="ignore"):  # a wrong backend may go anywhere
            loss = self._team.follow(step, self._last, shown, self._sums)
        self._losses.append(loss)
        self._last = shown

    def verdicts(self, trained: Trained) -> dict[str, Verdict]:
        """Return the verdicts by tensor: ``losses``, and by path each parameter and
        running statistic. Where something is malformed there are no others.

        Args:
            trained: what `TrainingBackend.train` returned.
        """
        self.problems = self.problems or dict(self._wrong_end(trained))
        if self.problems:
            return {name: failed(reason) for name, reason in self.problems.items()}
        losses = Sums(self._dtype)
        for loss, part in zip(_own(trained.losses), self._losses, strict=True):
            losses.add(loss, part)
        sums = {"losses": losses, **self._sums}
        units = self._team.contested
        return {name: each.verdict(units, self._unseen) for name, each in sums.items()}

    def _wrong_step(self, step: int, params: Arrays) -> Iterator[tuple[str, str]]:
        """Say what is wrong with what the backend shows after a step."""
        if step != len(self._losses):
            yield "watch", f"told of step {step}, {len(self._losses)} is next"
        for path, why in self._misfits(params):
            yield path, f"after step {step}: {why}"

    def _wrong_end(self, trained: Trained) -> Iterator[tuple[str, str]]:
        """Say what is wrong with what training came to."""
        steps = len(self._run.xs)
        if len(self._losses) != steps:
            yield "watch", f"told of {len(self._losses)} steps of {steps}"
        if why := self._misfit(trained.losses, (steps,)):
            yield "losses", why
        yield from self._misfits(trained.params)
        for path, last in self._last.items():
            returned = trained.params.get(path, last)
            if not np.array_equal(returned, last):
                yield path, "not what `watch` was told after the last step"

    def _misfits(self, params: Arrays) -> Iterator[tuple[str, str]]:
        """Say which tensors are missing, malformed, or none of the model's."""
        for path, first in self._run.params.items():
            if why := self._misfit(params.get(path), first.shape):
                yield path, why
        for path in sorted(set(params) - set(self._run.params)):
            yield path, "the reference has no such tensor"

    def _misfit(self, value: Any, shape: tuple[int, ...]) -> str:
        if value is None:
            return "missing"
        return is_malformed(value, Expected(np.zeros(shape), 0.0, self._dtype))


def _own(value: Any) -> Any:
    """Copy an array into a plain one; leave what is none."""
    return np.array(value) if isinstance(value, np.ndarray) else value
