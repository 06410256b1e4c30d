"""The backend that a run aims at, and how it is asked."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial
from typing import NamedTuple

from netspec.contract import Backend
from netspec.fuzzing._ask import (
    Lost,
    Mapper,
    Question,
    refuse_one,
    script_for,
    try_one,
)
from netspec.fuzzing._corpus import Place
from netspec.fuzzing._trial import Finding
from netspec.spec import Spec

MOST_LOST = 3  # processes that are lost on single layers before the others are believed
# What fails, in place of a tensor
PROCESS, HUNG = "its process", "its process in time"


class Target(NamedTuple):
    """A backend under test.

    Attributes:
        backend: its name; or itself, which is asked in this process.
        place: its name and the dtype.
        mapper: carries questions to it.
        folder: in which it may keep what it compiles; None for none.
    """

    backend: str | Backend
    place: Place
    mapper: Mapper
    folder: str | None

    def refuse(self, specs: Iterable[Spec]) -> Iterator[str]:
        """Say, for each spec, why it is refused; empty if it is not, or if the process
        is lost, which a run shows.
        """
        asked, lost = list(specs), 0
        answers = self.mapper(refuse_one, map(self._question, asked))
        for number, answer in enumerate(answers, start=1):
            gone = isinstance(answer, Lost)
            lost += gone
            yield "" if gone else answer
            if lost == MOST_LOST:
                yield from [""] * (len(asked) - number)
                return

    def try_all(self, specs: Iterable[Spec]) -> Iterator[tuple[Spec, list[Finding]]]:
        """Yield specs, and what does not pass of each."""
        asked: deque[Spec] = deque()

        def questions() -> Iterator[Question]:
            for spec in specs:
                asked.append(spec)
                yield self._question(spec)

        for answer in self.mapper(try_one, questions()):
            gone = isinstance(answer, Lost)
            yield asked.popleft(), [_failing(answer)] if gone else answer

    def try_one(self, spec: Spec) -> list[Finding]:
        """Return what does not pass of one spec."""
        return next(self.try_all([spec]))[1]

    def script(self, spec: Spec, mode: str) -> str:
        """Write a script that shows a failure in a mode."""
        write = partial(script_for, mode=mode)
        answer = next(self.mapper(write, [self._question(spec)]))
        return f"# {answer.reason}\n" if isinstance(answer, Lost) else answer

    def _question(self, spec: Spec) -> Question:
        dtype = self.place.dtype
        return Question(spec.to_dict(), self.backend, dtype, self.folder)


def _failing(lost: Lost) -> Finding:
    return Finding("", HUNG if lost.hung else PROCESS, "fail", math.inf, lost.reason)
