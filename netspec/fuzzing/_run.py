"""Run random specs on a backend, shrink what fails, and keep it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import count, islice, takewhile
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from threadpoolctl import threadpool_limits

from netspec.contract import Backend, backends
from netspec.contract import backend as find
from netspec.errors import NetspecError, shorten
from netspec.fuzzing._ask import (
    Lost,
    Mapper,
    Question,
    here,
    refuse_one,
    script_for,
    try_one,
)
from netspec.fuzzing._corpus import Corpus, Place
from netspec.fuzzing._criterion import criterion
from netspec.fuzzing._draw import draw_spec
from netspec.fuzzing._offered import offered
from netspec.fuzzing._results import Failure, Fuzzed, status_of
from netspec.fuzzing._shrink import shrink
from netspec.fuzzing._trial import Finding
from netspec.spec import Spec, check_dtype, check_seed

Watch = Callable[[Fuzzed], None]


def fuzz(
    backend: str | Backend,
    *,
    specs: int | None = 100,
    seed: int = 0,
    minutes: float | None = None,
    dtype: str = "float64",
    corpus: str | PathLike[str] | None = None,
    watch: Watch | None = None,
    mapper: Mapper = here,
) -> Fuzzed:
    """Try random specs on a backend: a step in both modes, gradients included.

    The layers are those that are registered and that the backend does not refuse alone.
    A spec that fails is shrunk, and kept in the corpus with a script that shows it.
    What failed in earlier runs is tried first; what was tried is not tried again.

    Args:
        backend: a name, or an object.
        specs: number of specs; None for as many as there is time.
        seed: of what is drawn; this also depends on the version of Hypothesis.
        minutes: after which no other spec is begun; None for no limit.
        dtype: ``"float64"``, in which most is seen, or ``"float32"``.
        corpus: folder of the corpus; None for none.
        watch: called after each spec.
        mapper: carries the work to where it is done, by default in this process.

    Raises:
        NetspecError: an argument is wrong, the backend is unknown or builds no layer,
            or the corpus cannot be read.
    """
    check_dtype(dtype)
    check_seed(seed)
    if specs is None and minutes is None:
        raise NetspecError("a run needs an end: give specs, minutes or both")
    subject = _Subject(backend, Place(_name(backend), dtype), mapper)
    kept = None if corpus is None else Corpus(Path(corpus))
    found = Fuzzed(*subject.place, offered(subject.refuse))
    _need_layers(found)
    end = None if minutes is None else time.monotonic() + 60 * minutes
    drawn = (draw_spec(seed, number, found.offered.kinds) for number in count())
    fresh = (spec for spec in drawn if not (kept and kept.has(spec, subject.place)))
    timely = takewhile(lambda _: end is None or time.monotonic() < end, fresh)
    try:
        with threadpool_limits(limits=1, user_api="blas"):  # matrices are small
            if kept:
                _replay(subject, kept, found)
            for spec, findings in subject.try_all(islice(timely, specs)):
                status = status_of(findings)
                found.counts[status] += 1
                if status == "fail":
                    failure = _shrunk(subject, spec, findings, kept)
                    if failure.spec not in {known.spec for known in found.failures}:
                        found.failures.append(failure)
                if kept:
                    kept.note(spec, subject.place, seed, status)
                if watch:
                    watch(found)
    except KeyboardInterrupt:
        found.complete = False
    return found


class _Subject(NamedTuple):
    """A backend, and how it is asked."""

    backend: str | Backend
    place: Place
    mapper: Mapper

    def question(self, spec: Spec) -> Question:
        return Question(spec.to_dict(), self.backend, self.place.dtype)

    def refuse(self, specs: Iterable[Spec]) -> Iterator[str]:
        for answer in self.mapper(refuse_one, map(self.question, specs)):
            yield "" if isinstance(answer, Lost) else answer  # a run shows that

    def try_all(self, specs: Iterable[Spec]) -> Iterator[tuple[Spec, list[Finding]]]:
        asked: deque[Spec] = deque()

        def questions() -> Iterator[Question]:
            for spec in specs:
                asked.append(spec)
                yield self.question(spec)

        for answer in self.mapper(try_one, questions()):
            lost = isinstance(answer, Lost)
            yield asked.popleft(), [_lost(answer)] if lost else answer

    def try_one(self, spec: Spec) -> list[Finding]:
        return next(self.try_all([spec]))[1]

    def script(self, spec: Spec, mode: str) -> str:
        write = partial(script_for, mode=mode)
        answer = next(self.mapper(write, [self.question(spec)]))
        return f"# {answer.reason}\n" if isinstance(answer, Lost) else answer


def _lost(answer: Lost) -> Finding:
    return Finding("", "", "fail", float("inf"), answer.reason)


def _shrunk(
    subject: _Subject, spec: Spec, findings: list[Finding], kept: Corpus | None
) -> Failure:
    wanted = criterion(findings)
    small = shrink(spec, lambda variant: wanted.met(subject.try_one(variant)))
    failing = _failing(subject.try_one(small)) or _failing(findings)
    file = None
    if kept:
        mode = failing[0].mode or "training"
        file = kept.keep(small, subject.place, subject.script(small, mode))
    return Failure(small, spec, failing, file)


def _replay(subject: _Subject, kept: Corpus, found: Fuzzed) -> None:
    """Try what failed in earlier runs again."""
    files = dict(kept.failing(subject.place))
    answers = subject.try_all(files.values())
    for file, (spec, findings) in zip(files, answers, strict=True):
        if failing := _failing(findings):
            found.failures.append(Failure(spec, spec, failing, file))
        else:
            found.mended.append(file)


def _failing(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.status == "fail")


def _name(backend: str | Backend) -> str:
    """Return the name of a backend; no framework is imported."""
    if isinstance(backend, str):
        known = backends().get(backend)
        return backend if known and known.installed else find(backend).name
    if isinstance(backend, Backend):
        return backend.name
    raise NetspecError(
        f"a backend is a name or an object with the members of netspec.Backend;"
        f" received {shorten(backend)}"
    )


def _need_layers(found: Fuzzed) -> None:
    if found.offered.kinds.leaves:
        return
    reasons = (f"{name}: {why}" for name, why in found.offered.refused.items())
    raise NetspecError(
        f"{found.backend} builds no layer in {found.dtype}, so nothing can be drawn;"
        f" {next(reasons, '')}"
    )
