"""One process that works, seen from the one that asks it."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any, TypeVar

from netspec.conformance.processes._last_words import how_it_ended, where_it_was
from netspec.conformance.processes._quiet import Quiet, QuietProcess
from netspec.conformance.processes._worker import ANSWERED, SAID, kill_group, settle
from netspec.errors import said

T = TypeVar("T")

GRACE = 2.0  # seconds after its timeout in which a process may say where it hangs
PAUSE = 0.5  # seconds between looks at a process whose end its executor did not see
UNREADABLE = "its answer cannot be read"
SETTLED = 1.0  # seconds in which an executor ends its broken process
DELIVERY = 5.0  # seconds that an answer may be on its way
WORDS = 2**16  # last bytes that are read of what a process wrote
JOIN = 5.0  # seconds that a killed process may take to end


class LostError(Exception):
    """A process gave no answer: it crashed, ended, was killed, or wrote nonsense."""


class HungError(LostError):
    """A process gave no answer in time."""


class Process:
    """A process, and the executor of one worker that started it.

    Args:
        threads: number of threads of numerical libraries.

    Raises:
        LostError: the system starts no more processes.
    """

    def __init__(self, threads: int) -> None:
        name = f"netspec-{secrets.token_hex(8)}"
        self._folder = Path(tempfile.gettempdir(), name)
        given = str(self._folder), threads
        self._pool = ProcessPoolExecutor(1, Quiet(), settle, given)
        self._answered = 0  # looks since it had an answer, which did not arrive
        self._process: QuietProcess | None = None
        self._first = self._submit(os.getpid)
        (process,) = (self._pool._processes or {}).values()
        assert isinstance(process, QuietProcess)
        self._process = process

    def start(self, seconds: float) -> None:
        """Wait until it has imported what it needs.

        Raises:
            LostError: it ended, or took longer.
        """
        self._answer(self._first, seconds)

    def ask(self, seconds: float, call: Callable[..., T], *given: Any) -> T:
        """Return what a call gives; what it raises is raised.

        Raises:
            HungError: there was no answer within `seconds`.
            LostError: the process ended, or its answer cannot be read.
        """
        return self._answer(self._submit(call, *given), seconds)

    def _answer(self, future: Future[T], seconds: float) -> T:
        end = monotonic() + seconds
        while self._works_on(future) and monotonic() < end + GRACE:
            wait([future], PAUSE)
        lost = future.cancelled() or not future.done()
        if not (lost or isinstance(future.exception(), BrokenExecutor)):
            return future.result()
        late, alive = monotonic() >= end, self._is_alive() and lost
        if self._manager is not None and not lost:
            self._manager.join(SETTLED)  # it ends a process whose answer it cannot read
        self._kill()
        raise self._loss(alive, seconds, late)

    def _loss(self, alive: bool, seconds: float, late: bool) -> LostError:
        """Say why there is no answer, from what the process said since it was asked."""
        words = self._said()
        if late and not self._answered:
            place = where_it_was(words)
            what = f"it hung{place}" if place else "it was killed"
            return HungError(f"no answer within {seconds:g} s; {what}")
        assert self._process is not None
        if alive or self._process.dismissed:
            return LostError(UNREADABLE)
        return LostError(how_it_ended(self._process.exitcode, words))

    def end(self) -> None:
        """Kill the process with all that it started, and remove what it leaves."""
        self._kill()
        self._pool.shutdown(wait=False, cancel_futures=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _submit(self, call: Callable[..., T], *given: Any) -> Future[T]:
        self._answered, self._told = 0, self._size()
        (self._folder / ANSWERED).unlink(missing_ok=True)
        try:
            return self._pool.submit(call, *given)
        except (OSError, RuntimeError) as error:
            raise LostError(f"no process: {said(error)}") from error

    def _works_on(self, future: Future[Any]) -> bool:
        """Tell whether an answer may still come."""
        if future.done():
            return False
        self._answered += (self._folder / ANSWERED).exists()
        managed = self._manager is not None and self._manager.is_alive()
        return managed and self._is_alive() and self._answered * PAUSE < DELIVERY

    @property
    def _manager(self) -> Thread | None:
        """The thread of the executor, which reads what the process writes."""
        manager: Any = self._pool._executor_manager_thread
        return manager if isinstance(manager, Thread) else None

    def _is_alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def _kill(self) -> None:
        if self._process is None or self._process.pid is None:
            return
        kill_group(self._process.pid)
        self._process.kill()
        end = monotonic() + JOIN
        while self._process.exitcode is None and monotonic() < end:
            sleep(0.01)  # not join: another thread may have heard of the end, not we
        # the executor may be reading more than there is; now it sees the end
        self._pool._result_queue._writer.close()  # type: ignore[attr-defined]

    def _size(self) -> int:
        with suppress(OSError):
            return (self._folder / SAID).stat().st_size
        return 0

    def _said(self) -> str:
        """Read the last of what it wrote since it was asked."""
        with suppress(OSError), open(self._folder / SAID, "rb") as file:
            file.seek(max(self._told, self._size() - WORDS))
            return file.read().decode(errors="replace")
        return ""
