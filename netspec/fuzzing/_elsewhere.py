"""Ask outside this process: in one that may crash or hang, or on an executor."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from itertools import islice
from typing import Any

from netspec.conformance.processes import HungError, Lane, LostError
from netspec.fuzzing._ask import Ask, Lost, Mapper, Question

GROUP = 16  # questions that a worker of an executor is given at once
AHEAD = 32  # groups that are under way, for as many workers
IDLE = 30.0  # seconds for which the process of a worker is kept without questions


def in_lane(lane: Lane, modules: Sequence[str] = ()) -> Mapper:
    """Ask in a process of its own, which is replaced where it is lost.

    Args:
        lane: the process.
        modules: names of modules that it imports, such as those that declare layers.
    """

    def mapper(ask: Ask, questions: Iterable[Question]) -> Iterator[Any]:
        return (_asked(lane, ask, one, tuple(modules)) for one in questions)

    return mapper


def on_executor(
    executor: Executor, timeout: float, modules: Sequence[str] = ()
) -> Mapper:
    """Ask on the workers of an executor, in a process beside each of them.

    Args:
        executor: which runs functions on its workers.
        timeout: seconds that an answer may take.
        modules: names of modules to import, such as those that declare layers.
    """

    def mapper(ask: Ask, questions: Iterable[Question]) -> Iterator[Any]:
        left = iter(questions)
        running: deque[tuple[int, Future[list[Any]]]] = deque()
        while True:
            while len(running) < AHEAD and (group := list(islice(left, GROUP))):
                given = ask, group, timeout, tuple(modules)
                running.append((len(group), executor.submit(answer_all, *given)))
            if not running:
                return
            yield from _received(*running.popleft())

    return mapper


def answer_all(
    ask: Ask, questions: list[Question], timeout: float, modules: tuple[str, ...]
) -> list[Any]:
    """Answer a group of questions, on a worker."""
    if not hasattr(LOCAL, "warm"):
        LOCAL.warm = _Warm()
    with LOCAL.warm.lane(timeout) as lane:
        return [_asked(lane, ask, question, modules) for question in questions]


LOCAL = threading.local()  # each thread of a worker has a process of its own


class _Warm:
    """A process that waits a while for other questions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lane: Lane | None = None
        self._timer: threading.Timer | None = None

    @contextmanager
    def lane(self, timeout: float) -> Iterator[Lane]:
        """Yield a lane in which questions may take so many seconds."""
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            if self._lane is None or self._lane.timeout != timeout:
                self._end()
                self._lane = Lane(timeout)
            yield self._lane
        self._timer = threading.Timer(IDLE, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def _expire(self) -> None:
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._lane is not None:
            self._lane.close()
        self._lane = None


def _received(size: int, future: Future[list[Any]]) -> list[Any]:
    try:
        return future.result()
    except Exception as error:  # a worker is gone
        return [Lost(f"a worker of the executor was lost: {error}")] * size


def _asked(lane: Lane, ask: Ask, question: Question, modules: tuple[str, ...]) -> Any:
    try:
        return lane.ask(prepared, ask, question, modules)
    except LostError as error:
        return Lost(str(error), isinstance(error, HungError))


def prepared(ask: Ask, question: Question, modules: tuple[str, ...]) -> Any:
    """Answer a question, after modules were imported."""
    _import(modules)
    return ask(question)


@cache
def _import(modules: tuple[str, ...]) -> None:
    for module in modules:
        import_module(module)
