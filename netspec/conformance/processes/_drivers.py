"""Spread the tasks of a run over lanes of this machine, or over an executor."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from queue import SimpleQueue

from netspec._system import cores
from netspec.conformance._tasks import Task
from netspec.conformance.processes._answer import Event
from netspec.conformance.processes._follow import follow, follow_all, not_asked
from netspec.conformance.processes._lane import ClosedError, Lane
from netspec.conformance.processes._process import UNREADABLE, LostError
from netspec.conformance.report import Done
from netspec.errors import NetspecError, said

Group = Sequence[Task]
TRIES = 2  # workers of an executor to which a group is given


def in_lanes(
    groups: Sequence[Group], jobs: int, modules: tuple[str, ...], timeout: float
) -> Generator[Event]:
    """Yield the answers to all tasks as they come, `jobs` groups at once, each from a
    lane of its own. No process is left when the generator ends or is closed.

    Args:
        groups: the tasks of each backend.
        jobs: number of lanes at once. They share the cores, so that their threads do
            not wait for each other.
        modules: names of modules that processes import.
        timeout: seconds that an answer may take.
    """
    arrived: SimpleQueue[Event | BaseException | None] = SimpleQueue()
    lanes = [Lane(timeout, max(1, cores() // jobs)) for _ in groups]

    def work(group: Group, lane: Lane) -> None:
        try:
            with lane:
                follow(group, lane, modules, arrived.put)
        except ClosedError:
            pass  # nobody listens any more
        except BaseException as error:
            arrived.put(error)
        else:
            arrived.put(None)

    with ThreadPoolExecutor(jobs) as pool:
        try:
            for group, lane in zip(groups, lanes, strict=True):
                pool.submit(work, group, lane)
            left = len(groups)
            while left:
                event = arrived.get()
                if isinstance(event, BaseException):
                    raise event
                if event is None:
                    left -= 1
                else:
                    yield event
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for lane in lanes:
                lane.close()


def on_executor(
    groups: Sequence[Group],
    executor: Executor,
    modules: tuple[str, ...],
    timeout: float,
) -> Generator[Event]:
    """Yield the answers to all tasks, group by group as an executor returns them. A
    group that is lost with its worker is given to another one, once.

    Raises:
        NetspecError: a worker of the executor cannot do this work.
    """
    running = {
        _submit(executor, group, modules, timeout): (group, 1) for group in groups
    }
    try:
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                group, tries = running.pop(future)
                try:
                    events = _read(group, future.result())
                except NetspecError:
                    raise
                except Exception as error:
                    if tries < TRIES:
                        again = _submit(executor, group, modules, timeout)
                        running[again] = group, tries + 1
                        continue
                    events = _lost(group, error)
                yield from events
    finally:
        for future in running:
            future.cancel()


def _submit(
    executor: Executor, group: Group, modules: tuple[str, ...], timeout: float
) -> Future[list[Event]]:
    try:
        return executor.submit(follow_all, group, modules, timeout)
    except Exception as error:  # it is broken
        refused: Future[list[Event]] = Future()
        refused.set_exception(error)
        return refused


def _read(group: Group, events: list[Event]) -> list[Event]:
    """Count what was judged against what was planned."""
    done = [event for event in events if isinstance(event, Done)]
    rows = [event.rows[0] for event in done]
    judged = [(row.check, row.backend, row.spec, row.dtype) for row in rows]
    planned = [task.key for task in group]
    if [key for key in judged if key in set(planned)] != planned:
        raise LostError(UNREADABLE)
    return events


def _lost(group: Group, error: Exception) -> list[Event]:
    """Say of every task that it was lost, for which its backend may not be to blame."""
    reason = f"lost with {TRIES} workers: {type(error).__name__}: {said(error)}"
    return [not_asked(task, reason) for task in group]
