"""Ask a process of its own for one answer at a time, whatever it does to itself."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing import current_process
from threading import Lock
from types import TracebackType
from typing import Any, Self, TypeVar

from netspec.conformance.processes._process import LostError, Process
from netspec.conformance.processes._worker import timed
from netspec.errors import NetspecError

T = TypeVar("T")

DAEMON = (
    "is a daemon, which may start no process for a backend to crash in; start Dask's"
    " workers with DASK_DISTRIBUTED__WORKER__DAEMON=False in their environment"
)
START = 60.0  # seconds in which a process must be ready


class ClosedError(Exception):
    """The lane is closed; nobody is asked any more."""


class Lane:
    """Answers from one process, which is replaced once it is lost.

    One thread asks; another may close the lane, which ends the process.

    Args:
        timeout: seconds that an answer may take.
        threads: number of threads of numerical libraries in the process.

    Raises:
        NetspecError: this process may have no children.
    """

    def __init__(self, timeout: float, threads: int = 1) -> None:
        if current_process().daemon:
            raise NetspecError(f"this process {DAEMON}")
        self.timeout, self._threads = timeout, threads
        self._lock, self._closed = Lock(), False
        self._process: Process | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, and remove all that it leaves."""
        with self._lock:
            self._closed = True
            self._end()

    def ask(self, call: Callable[..., T], *given: Any) -> T:
        """Return what a call gives in the process; what it raises is raised.

        Args:
            call: a function of a module.
            *given: its arguments, which can be pickled.

        Raises:
            HungError: there was no answer in time; says where it hung.
            LostError: the process crashed, ended or was killed; says how.
            ClosedError: the lane was closed.
        """
        try:
            process = self._ready()
            answer: T = process.ask(self.timeout, timed, self.timeout, call, *given)
        except LostError as lost:
            with self._lock:
                self._end()
                if self._closed:
                    raise ClosedError from lost
            raise
        return answer

    def _ready(self) -> Process:
        with self._lock:
            if self._closed:
                raise ClosedError
            if self._process is not None:
                return self._process
            self._process = process = Process(self._threads)
        process.start(START)  # imports netspec; the user's time begins later
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.end()
