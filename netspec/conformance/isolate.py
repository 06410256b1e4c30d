"""Backends of a run in processes of their own, several at once, so that a crash, a hang
or a kill of one is a verdict and the run goes on with the next unit.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from numbers import Real
from queue import SimpleQueue
from threading import TIMEOUT_MAX
from typing import Any, NamedTuple

from netspec.backend import Backend
from netspec.conformance.choices import list_names
from netspec.conformance.document import decode_localization, decode_row
from netspec.conformance.imports import check_importable, modules_of
from netspec.conformance.localize import modes_that_fail
from netspec.conformance.report import Done, Localization, Row
from netspec.conformance.verdict import failed
from netspec.conformance.workers import Crew, DeathError
from netspec.errors import NetspecError
from netspec.spec import Spec

Event = Done | Localization
Place = tuple[str, str, str, str]  # backend, check, spec, dtype; empty if unknown


class Request(NamedTuple):
    """What a worker is asked for; see `netspec.conformance.worker`."""

    modules: list[str]
    specs: list[dict[str, Any]]
    backends: list[str]
    dtypes: list[str]
    checks: list[str]
    seed: int
    skip: int = 0
    failing: tuple[tuple[int, str], ...] = ()


class Processes(NamedTuple):
    """How a run is spread over processes.

    Attributes:
        jobs: how many at once share the backends, if there are so many.
        isolate: whether each backend has one of its own.
        timeout: seconds that one check of one model may take.
        modules: that each imports, beside those that declare what is in the specs.
    """

    jobs: int = 1
    isolate: bool = False
    timeout: float = 300.0
    modules: Sequence[str] = ()

    def needed(self, count: int) -> bool:
        """Whether so many backends need others than this one."""
        return self.isolate or min(self.jobs, count) > 1

    def share(self, names: list[str]) -> list[list[str]]:
        """The backends of each process."""
        count = len(names) if self.isolate else min(self.jobs, len(names))
        return [names[index::count] for index in range(count)]


def check_processes(processes: Processes) -> None:
    """Refuse what cannot be.

    Raises:
        NetspecError: no such number of jobs, or nothing can wait so long.
    """
    jobs, _, timeout, _ = processes
    if not isinstance(jobs, int) or jobs < 1:
        raise NetspecError(f"jobs must be a positive integer, received {jobs!r}")
    if not (isinstance(timeout, Real) and 0 < timeout <= TIMEOUT_MAX):
        raise NetspecError(
            f"timeout must be above 0 and at most {TIMEOUT_MAX:.0f} seconds, received"
            f" {timeout!r}"
        )


def isolated(
    specs: list[Spec],
    backends: list[str | Backend],
    dtypes: list[str],
    checks: list[str],
    seed: int,
    processes: Processes,
) -> Generator[Event]:
    """What comes of each unit, as `netspec.conformance.run.run_all` gives it, from all
    processes as it comes.

    Raises:
        NetspecError: a backend is an object, which no other process has, or unknown,
            or not installed; or a layer is declared in a script.
    """
    names = list_names(backends)
    documents = [spec.to_dict() for spec in specs]
    check_importable(documents)
    modules = list(dict.fromkeys([*processes.modules, *modules_of(documents)]))
    requests = [
        Request(modules, documents, own, dtypes, checks, seed)
        for own in processes.share(names)
    ]
    shares = [0.0] * len(requests)
    for index, event in _merged(requests, processes):
        if isinstance(event, Localization):
            yield event
            continue
        shares[index] = event.share * len(requests[index].backends)
        yield event._replace(share=min(sum(shares) / len(names), 1.0))


def _merged(
    requests: list[Request], processes: Processes
) -> Iterator[tuple[int, Event]]:
    """The events of all requests as they come, by the number of the request."""
    events: SimpleQueue[tuple[int, Event | None]] = SimpleQueue()

    def follow(index: int, request: Request, crew: Crew) -> None:
        try:
            for event in _one(request, crew):
                events.put((index, event))
        finally:
            events.put((index, None))

    jobs = min(processes.jobs, len(requests))
    with ThreadPoolExecutor(jobs) as pool, Crew(jobs, processes.timeout) as crew:
        futures = [
            pool.submit(follow, index, request, crew)
            for index, request in enumerate(requests)
        ]
        left = len(requests)
        while left:
            index, event = events.get()
            if event is None:
                left -= 1
            else:
                yield index, event
        for future in futures:
            future.result()  # raises what its thread raised


def _one(request: Request, crew: Crew) -> Iterator[Event]:
    """All units of a request; after the death of a worker, a new one goes on."""
    units: list[Place] = []
    failing: list[tuple[int, str]] = []
    done = 0
    while done <= len(units):
        try:
            rest = request._replace(skip=done, failing=tuple(failing))
            for document in crew.ask(rest._asdict()):
                if isinstance(document, list):
                    units = document
                elif "script" in document:
                    yield decode_localization(document)
                else:
                    event = _done(document, (done + 1) / len(units))
                    failing += ((done, mode) for mode in modes_that_fail(event.rows))
                    done += 1
                    yield event
        except DeathError as death:
            if not units:
                yield from _apart(request, crew, str(death))
                return
            suspects = _suspects(units, failing, done)
            done += 1
            yield _death(suspects, str(death), min(done / len(units), 1.0))
        else:
            return


def _apart(request: Request, crew: Crew, why: str) -> Iterator[Event]:
    """The same, each backend in a worker of its own: one that they shared died before
    it began, perhaps by what a single one of them does on import.
    """
    names = request.backends
    if len(names) == 1:
        yield _death([(names[0], "", "", "")], why, 1.0)
        return
    for index, name in enumerate(names):
        for event in _one(request._replace(backends=[name]), crew):
            if isinstance(event, Localization):
                yield event
            else:
                share = (index + event.share) / len(names)
                yield event._replace(share=share)


def _suspects(
    units: list[Place], failing: list[tuple[int, str]], done: int
) -> list[Place]:
    """What a worker may have died of: the unit that it was at; after the last, any
    backend whose divergence it looked for, or else any that it had.
    """
    if done < len(units):
        return [units[done]]
    last = [units[place] for place, _ in failing] or units
    return [(name, "", "", "") for name in dict.fromkeys(name for name, *_ in last)]


def _done(document: dict[str, Any], share: float) -> Done:
    rows = [decode_row(row) for row in document["rows"]]
    return Done(**{**document, "rows": rows, "share": share})


def _death(suspects: list[Place], why: str, share: float) -> Done:
    what = "its process" if len(suspects) == 1 else "a process that it shares"
    rows = [
        Row(check, backend, spec, dtype, what, failed(why))
        for backend, check, spec, dtype in suspects
    ]
    return Done(rows[0].backend, rows[0].check, rows, 0.0, share)
