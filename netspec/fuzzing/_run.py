"""Run random specs on a backend, shrink what fails, and keep it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice, takewhile
from os import PathLike
from pathlib import Path

from threadpoolctl import threadpool_limits

from netspec.conformance.processes import noted_interrupts
from netspec.contract import Backend, backends
from netspec.contract import backend as find
from netspec.errors import NetspecError, shorten
from netspec.fuzzing._ask import Mapper, here
from netspec.fuzzing._corpus import Corpus, Place
from netspec.fuzzing._criterion import criterion
from netspec.fuzzing._draw import draw_spec
from netspec.fuzzing._offered import offered
from netspec.fuzzing._results import Failure, Fuzzed, status_of
from netspec.fuzzing._shrink import shrink
from netspec.fuzzing._target import HUNG, Target
from netspec.fuzzing._trial import Finding
from netspec.spec import Spec, check_dtype, check_seed

Watch = Callable[[Fuzzed], None]

MOST_FAILING = 20  # specs, after which the rest would hardly tell more


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
    What failed in earlier runs is tried first; what was tried is not tried again. A run
    ends early when 20 specs have failed, or one takes too long.

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
    kept = None if corpus is None else Corpus(Path(corpus))
    folder = None if kept is None else kept.compiled
    target = Target(backend, Place(_name(backend), dtype), mapper, folder)
    found = Fuzzed(*target.place, offered(target.refuse))
    _need_layers(found)
    end = math.inf if minutes is None else time.monotonic() + 60 * minutes
    kinds = found.offered.kinds
    drawn = (draw_spec(seed, number, kinds) for number in count())
    fresh = (spec for spec in drawn if not (kept and kept.has(spec, target.place)))
    timely = takewhile(lambda _: time.monotonic() < end, fresh)
    with (
        noted_interrupts() as noted,
        threadpool_limits(limits=1, user_api="blas"),  # matrices are small
    ):
        try:
            if kept:
                _replay(target, kept, found)
            for spec, status in _tried(target, islice(timely, specs), kept, found):
                if kept:
                    kept.note(spec, target.place, seed, status)
                if watch:
                    watch(found)
                if noted:
                    break
        except KeyboardInterrupt:
            found.complete = False
    found.complete &= not noted
    return found


def _tried(
    target: Target, specs: Iterable[Spec], kept: Corpus | None, found: Fuzzed
) -> Iterator[tuple[Spec, str]]:
    """Yield specs, and what became of each; what fails is in `found`, shrunk."""
    for spec, findings in target.try_all(specs):
        status = status_of(findings)
        found.counts[status] += 1
        if status == "fail":
            failure = _shrunk(target, spec, findings, kept)
            if failure.spec not in {known.spec for known in found.failures}:
                found.failures.append(failure)
        yield spec, status
        if found.counts["fail"] == MOST_FAILING or _hung(findings):
            return


def _shrunk(
    target: Target, spec: Spec, findings: list[Finding], kept: Corpus | None
) -> Failure:
    small, failing = spec, _failing(findings)
    if not _hung(findings):  # it would take as long each time
        wanted = criterion(findings)
        small = shrink(spec, lambda variant: wanted.met(target.try_one(variant)))
        failing = _failing(target.try_one(small)) or failing
    file = None
    if kept:
        mode = failing[0].mode or "training"
        file = kept.keep(small, target.place, target.script(small, mode))
    return Failure(small, spec, failing, file)


def _replay(target: Target, kept: Corpus, found: Fuzzed) -> None:
    """Try what failed in earlier runs again."""
    files = dict(kept.failing(target.place))
    answers = target.try_all(files.values())
    for file, (spec, findings) in zip(files, answers, strict=True):
        if failing := _failing(findings):
            found.failures.append(Failure(spec, spec, failing, file))
        else:
            found.mended.append(file)


def _hung(findings: Iterable[Finding]) -> bool:
    return any(finding.tensor == HUNG for finding in findings)


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
