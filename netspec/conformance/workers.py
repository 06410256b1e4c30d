"""The processes that do the work of a run; `netspec.conformance.worker` is what they
are.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from signal import Signals
from subprocess import PIPE
from tempfile import TemporaryFile
from threading import Lock, Timer
from types import TracebackType
from typing import IO, Any, Self

from netspec.machine import cores

# Looks for modules where this process does; -m would look in the current folder first
WORK = (
    "import sys; sys.path[:] = {!a};"
    " from netspec.conformance.worker import main; main()"
)
SIGNALS = {signal.value: signal.name for signal in Signals}  # not all have names
LONGEST = 300  # characters of a worker's last words


class DeathError(Exception):
    """A worker ended before its work did."""


class DismissedError(Exception):
    """The run is over; no worker starts."""


class Crew:
    """The workers of a run. Threads may ask it at once; leaving it kills all workers.

    Args:
        size: how many workers there are at once. They share the cores, rather than have
            threads that wait for each other's.
        timeout: seconds within which a worker must write a line.
    """

    def __init__(self, size: int, timeout: float) -> None:
        threads = str(max(1, cores() // size))
        self._environment = {"OMP_NUM_THREADS": threads, **os.environ}
        self._timeout = timeout
        self._lock, self._over = Lock(), False
        self._working: set[subprocess.Popen[str]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._over = True
            for worker in self._working:
                worker.kill()

    def ask(self, request: dict[str, Any]) -> Iterator[Any]:
        """What a new worker writes.

        Raises:
            DeathError: it crashed, hung or was killed.
            DismissedError: the run is over.
        """
        with (
            TemporaryFile("w+", errors="replace") as errors,  # it may be no text
            self._worker(errors) as worker,
        ):
            _ask(worker, request)
            while line := _line(worker, self._timeout):
                yield json.loads(line)
            if code := worker.wait():
                raise DeathError(_ending(code, errors))

    @contextmanager
    def _worker(self, errors: IO[str]) -> Iterator[subprocess.Popen[str]]:
        with self._lock:
            if self._over:
                raise DismissedError
            worker = subprocess.Popen(  # noqa: S603 (our own module)
                _command(),
                stdin=PIPE,
                stdout=PIPE,
                stderr=errors,
                text=True,
                env=self._environment,
            )
            self._working.add(worker)
        try:
            with worker:
                try:
                    yield worker
                finally:
                    worker.kill()
        finally:
            with self._lock:
                self._working.discard(worker)


def _command() -> list[str]:
    path = [folder for folder in sys.path if isinstance(folder, str)]
    return [sys.executable, "-P", "-c", WORK.format(path)]


def _ask(worker: subprocess.Popen[str], request: dict[str, Any]) -> None:
    assert worker.stdin is not None
    # if it died before it listened, how is said where it is read
    with suppress(BrokenPipeError), worker.stdin:
        json.dump(request, worker.stdin)


def _line(worker: subprocess.Popen[str], timeout: float) -> str:
    """The next line; empty at the end, whole or not."""
    assert worker.stdout is not None
    late: list[bool] = []

    def kill() -> None:
        late.append(True)
        worker.kill()

    timer = Timer(timeout, kill)
    timer.start()
    try:
        line = worker.stdout.readline()
    finally:
        timer.cancel()
    if late:
        raise DeathError(f"no answer within {timeout:g} s; it was killed")
    return line if line.endswith("\n") else ""


def _ending(code: int, errors: IO[str]) -> str:
    errors.seek(0)
    last = errors.read().strip().rpartition("\n")[2]
    if code < 0:
        return f"killed by {SIGNALS.get(-code, f'signal {-code}')}"
    return f"ended with {code}" + (f": {last[:LONGEST]}" if last else "")
