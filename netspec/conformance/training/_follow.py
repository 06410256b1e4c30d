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
from dataclasses import replace
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
    """

    def __init__(
        self, run: TrainingRun, numerics: Numerics, dtype: str, unseen: Unseen
    ) -> None:
        self._run, self._dtype, self._unseen = run, dtype, unseen
        self._team = Team(run, numerics, dtype, unseen)
        self._sums = {path: Sums(dtype) for path in run.params}
        self._losses: list[Part] = []
        self._last: Arrays = run.params
        self._problems: dict[str, str] = {}
        self._left: int | None = None  # the step from which numbers are too large

    def watch(self, step: int, params: Mapping[str, Any]) -> None:
        """Judge the step that led to these parameters; see `TrainingBackend.train`."""
        if not self.whole:
            return
        shown = {path: _own(value) for path, value in params.items()}
        with np.errstate(all="ignore"):  # a wrong backend may go anywhere
            self._judge(step, shown)

    def _judge(self, step: int, shown: Arrays) -> None:
        problems = dict(self._wrong_step(step, shown))
        infinite = not all(map(_is_finite, shown.values()))
        if problems and not (infinite and self._team.leaves_range(step, self._last)):
            self._problems = problems
            return
        loss = None
        if not problems:
            loss = self._team.follow(step, self._last, shown, self._sums)
        if loss is None:
            self._left = step
            return
        self._losses.append(loss)
        self._last = shown

    @property
    def whole(self) -> bool:
        """True if every step so far could be judged."""
        return not self._problems and self._left is None

    def verdicts(self, trained: Trained) -> dict[str, Verdict]:
        """Return the verdicts by tensor: ``losses``, and by path each parameter and
        running statistic. Where something is malformed there are no others.

        Args:
            trained: what `TrainingBackend.train` returned.
        """
        if self._left is None:
            self._problems = self._problems or dict(self._wrong_end(trained))
        if self._problems:
            return {name: failed(reason) for name, reason in self._problems.items()}
        losses = Sums(self._dtype)
        for loss, part in zip(_own(trained.losses), self._losses, strict=False):
            losses.add(loss, part)
        sums = {"losses": losses, **self._sums}
        units = self._team.contested
        verdicts = {n: each.verdict(units, self._unseen) for n, each in sums.items()}
        return {name: self._in_range(verdict) for name, verdict in verdicts.items()}

    def _in_range(self, verdict: Verdict) -> Verdict:
        """Return the verdict, undecided if not all steps could be judged."""
        if self._left is None or verdict.status == "fail":
            return verdict
        reason = (
            f"from step {self._left} on the reference has numbers too large for"
            f" {self._dtype}; try another seed"
        )
        return replace(verdict, status="inconclusive", reason=reason)

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


def _is_finite(value: Any) -> bool:
    return isinstance(value, np.ndarray) and bool(np.isfinite(value).all())


def _own(value: Any) -> Any:
    """Copy an array into a plain one; leave what is none."""
    return np.array(value) if isinstance(value, np.ndarray) else value
