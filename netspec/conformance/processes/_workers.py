"""Start and end the processes that do the work of a run; each runs `_worker`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from signal import Signals
from subprocess import PIPE
from tempfile import TemporaryDirectory, TemporaryFile
from threading import Lock, Timer
from types import TracebackType
from typing import Any, Self

from netspec._system import cores

# Looks for modules where this process does; -m would look in the current folder first
WORK = (
    "import sys; sys.path[:] = {!a};"
    " from netspec.conformance.processes._worker import main; main()"
)
SIGNALS = {signal.value: signal.name for signal in Signals}  # not all have names
LONGEST = 300  # characters of a worker's last words


class DeathError(Exception):
    """A worker ended before its work did."""


class DismissedError(Exception):
    """The run is over; no worker starts."""


class Crew:
    """The workers of a run.

    Threads may ask a crew at the same time; leaving its context kills all workers.

    Args:
        size: number of workers at once. They share the cores, so that their threads do
            not wait for each other.
        timeout: seconds within which a worker must write a line.
        fresh: True to send each request to a new worker, not to one that is idle.
    """

    def __init__(self, size: int, timeout: float, fresh: bool) -> None:
        threads = str(max(1, cores() // size))
        self._environment = {
            "OMP_NUM_THREADS": threads,
            **os.environ,
        }
        self._timeout, self._fresh = timeout, fresh
        self._lock, self._over = Lock(), False
        self._working: set[Worker] = set()
        self._idle: list[Worker] = []

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
                worker.kill()  # the thread that asks it notices, and ends it
            for worker in self._idle:
                worker.end()

    def ask(self, request: dict[str, Any]) -> Iterator[Any]:
        """Yield the answer of a worker to a request.

        Raises:
            DeathError: the worker crashed, hung or was killed.
            DismissedError: the run is over.
        """
        worker = self._take()
        answered = False
        try:
            yield from worker.ask(request)
            answered = True
        finally:
            self._release(worker, answered and not self._fresh)

    def _take(self) -> Worker:
        with self._lock:
            if self._over:
                raise DismissedError
            while self._idle:
                worker = self._idle.pop()
                if worker.alive:
                    break
                worker.end()
            else:
                worker = Worker(self._environment, self._timeout)
            self._working.add(worker)
            return worker

    def _release(self, worker: Worker, serves_again: bool) -> None:
        with self._lock:
            self._working.discard(worker)
            if serves_again and not self._over:
                self._idle.append(worker)
            else:
                worker.end()


class Worker:
    """A process that answers one request after the other.

    Args:
        environment: its environment variables.
        timeout: seconds within which it must write a line.
    """

    def __init__(self, environment: Mapping[str, str], timeout: float) -> None:
        self._timeout = timeout
        # a killed process leaves its temporary files; this folder holds them
        self._folder = TemporaryDirectory(ignore_cleanup_errors=True)
        # bytes that are no text are replaced
        self._errors = TemporaryFile("w+", errors="replace")  # noqa: SIM115 (see end)
        self._process = subprocess.Popen(  # noqa: S603 (our own module)
            _command(),
            stdin=PIPE,
            stdout=PIPE,
            stderr=self._errors,
            text=True,
            env={**environment, "TMPDIR": self._folder.name},
        )

    @property
    def alive(self) -> bool:
        """True until the process ends."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Kill the process; a thread that waits for its answer gets none."""
        self._process.kill()

    def end(self) -> None:
        """Kill the process, and remove what it leaves."""
        self.kill()
        with suppress(BrokenPipeError), self._process:
            pass
        self._errors.close()
        self._folder.cleanup()

    def ask(self, request: dict[str, Any]) -> Iterator[Any]:
        """Yield the documents of the answer to a request.

        Raises:
            DeathError: the process ended before its answer was complete.
        """
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # reading its answer says how it died
            print(json.dumps(request), file=self._process.stdin, flush=True)
        while (document := json.loads(self._line())) is not None:
            yield document

    def _line(self) -> str:
        """Read the next line of an answer."""
        assert self._process.stdout is not None
        late: list[bool] = []

        def kill() -> None:
            late.append(True)
            self.kill()

        timer = Timer(self._timeout, kill)
        timer.start()
        try:
            line = self._process.stdout.readline()
        finally:
            timer.cancel()
        if late:
            raise DeathError(f"no answer within {self._timeout:g} s; it was killed")
        if not line.endswith("\n"):
            raise DeathError(self._ending())
        return line

    def _ending(self) -> str:
        """Say how the process ended, with the last line of its standard error."""
        code = self._process.wait()
        if code < 0:
            return f"killed by {SIGNALS.get(-code, f'signal {-code}')}"
        self._errors.seek(0)
        last = self._errors.read().strip().rpartition("\n")[2]
        return f"ended with {code}" + (f": {last[:LONGEST]}" if last else "")


def _command() -> list[str]:
    path = [folder for folder in sys.path if isinstance(folder, str)]
    return [sys.executable, "-P", "-c", WORK.format(path)]
