"""Run backends in separate processes, several at once, so that a crash, a hang or a
kill of one is a verdict and the run goes on with the next unit.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from numbers import Real
from queue import SimpleQueue
from threading import TIMEOUT_MAX
from typing import Any, NamedTuple

from netspec.conformance._arguments import list_names
from netspec.conformance._localize import modes_that_fail
from netspec.conformance._modules import check_importable, modules_of
from netspec.conformance.judging import failed
from netspec.conformance.processes._workers import Crew, DeathError
from netspec.conformance.report import (
    Done,
    Localization,
    Row,
    decode_localization,
    decode_row,
)
from netspec.contract import Backend
from netspec.contract import backends as registered
from netspec.errors import NetspecError, shorten
from netspec.spec import Spec

Event = Done | Localization
Place = tuple[str, str, str, str]  # backend, check, spec, dtype


class Request(NamedTuple):
    """A request to a worker; see `netspec.conformance.processes._worker`."""

    modules: list[str]
    specs: list[dict[str, Any]]
    backend: str
    dtypes: list[str]
    checks: list[str]
    seed: int
    skip: int = 0
    failing: tuple[tuple[int, str], ...] = ()


class Processes(NamedTuple):
    """The processes over which a run is spread.

    Attributes:
        jobs: number of processes that share the backends, if there are so many.
        isolate: True to give each backend a new process; otherwise any idle process,
            which need not import again what all backends need, takes the next one.
        timeout: seconds that one check of one model may take.
        modules: names of modules that each process imports, in addition to those that
            declare what is in the specs.
    """

    jobs: int = 1
    isolate: bool = False
    timeout: float = 300.0
    modules: Sequence[str] = ()

    def needed(self, count: int) -> bool:
        """Tell whether `count` backends need processes other than this one."""
        return self.isolate or min(self.jobs, count) > 1


def check_processes(processes: Processes) -> None:
    """Refuse impossible numbers of processes and impossible timeouts.

    Raises:
        NetspecError: `jobs` is no positive integer, or `timeout` is out of range.
    """
    jobs, _, timeout, _ = processes
    if not isinstance(jobs, int) or isinstance(jobs, bool) or jobs < 1:
        raise NetspecError(f"jobs must be a positive integer, received {shorten(jobs)}")
    if not (isinstance(timeout, Real) and 0 < timeout <= TIMEOUT_MAX):
        raise NetspecError(
            f"timeout must be above 0 and at most {TIMEOUT_MAX:.0f} seconds, received"
            f" {shorten(timeout)}"
        )


def isolated(
    specs: list[Spec],
    backends: list[str | Backend],
    dtypes: list[str],
    checks: list[str],
    seed: int,
    processes: Processes,
) -> Generator[Event]:
    """Run the units of all backends in separate processes, and yield their results and
    localizations as they come.

    Raises:
        NetspecError: a backend is an object, which no other process has, or unknown, or
            not installed; or a layer is declared in a script.
    """
    found = registered()
    # the reference, which needs no framework, is soon done: it fills the gap at the end
    names = sorted(list_names(backends), key=lambda name: not found[name].requirement)
    documents = [spec.to_dict() for spec in specs]
    check_importable(documents)
    modules = list(dict.fromkeys([*processes.modules, *modules_of(documents)]))
    requests = [
        Request(modules, documents, name, dtypes, checks, seed) for name in names
    ]
    shares = [0.0] * len(requests)
    for index, event in _merged(requests, processes):
        if isinstance(event, Localization):
            yield event
            continue
        shares[index] = event.share
        yield event._replace(share=min(sum(shares) / len(shares), 1.0))


def _merged(
    requests: list[Request], processes: Processes
) -> Iterator[tuple[int, Event]]:
    """Yield the events of all requests as they come, each with its request's number."""
    events: SimpleQueue[tuple[int, Event | None]] = SimpleQueue()

    def follow(index: int, request: Request, crew: Crew) -> None:
        try:
            for event in _one(request, crew):
                events.put((index, event))
        finally:
            events.put((index, None))

    jobs = min(processes.jobs, len(requests))
    hired = Crew(jobs, processes.timeout, processes.isolate)
    with ThreadPoolExecutor(jobs) as pool, hired as crew:
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
    """Yield the events of a request; after the death of a worker, a new one goes on."""
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
            unknown = request.backend, "start", "", ""
            place = units[done] if done < len(units) else unknown
            done += 1
            yield _death(place, str(death), min(done / (len(units) or 1), 1.0))
            if not units:
                return
        else:
            return


def _done(document: dict[str, Any], share: float) -> Done:
    rows = [decode_row(row) for row in document["rows"]]
    return Done(**{**document, "rows": rows, "share": share})


def _death(place: Place, why: str, share: float) -> Done:
    backend, check, spec, dtype = place
    row = Row(check, backend, spec, dtype, "its process", failed(why))
    return Done(backend, check, [row], 0.0, share)
