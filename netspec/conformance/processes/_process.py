"""One process that works, seen from the one that asks it."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from netspec.conformance.processes._last_words import how_it_ended, where_it_was
from netspec.conformance.processes._quiet import Quiet
from netspec.conformance.processes._worker import SAID, kill_group, settle

T = TypeVar("T")

GRACE = 2.0  # seconds after its timeout in which a process may say where it hangs
PAUSE = 0.5  # seconds between looks at a process whose end its executor did not see
UNREADABLE = "its answer cannot be read"
JOIN = 5.0  # seconds that a killed process may take to end


class LostError(Exception):
    """A process gave no answer: it crashed, ended, was killed, or wrote nonsense."""


class HungError(LostError):
    """A process gave no answer in time."""


class Process:
    """A process, and the executor of one worker that started it.

    Args:
        threads: number of threads of numerical libraries.
    """

    def __init__(self, threads: int) -> None:
        name = f"netspec-{secrets.token_hex(8)}"
        self._folder = Path(tempfile.gettempdir(), name)
        given = str(self._folder), threads
        self._pool = ProcessPoolExecutor(1, Quiet(), settle, given)
        self._process: BaseProcess | None = None

    def ask(self, seconds: float, call: Callable[..., T], *given: Any) -> T:
        """Return what a call gives; what it raises is raised.

        Raises:
            HungError: there was no answer within `seconds`.
            LostError: the process ended, or its answer cannot be read.
        """
        end, told = monotonic() + seconds, len(self._said())
        future = self._submit(call, *given)
        while self._works_on(future) and monotonic() < end + GRACE:
            wait([future], PAUSE)
        lost = not future.done() or future.cancelled()
        if not lost and not isinstance(future.exception(), BrokenExecutor):
            return future.result()
        unreadable = self._is_alive() if lost else bool(future.exception().__cause__)
        self._kill()
        said = self._said()[told:]
        if monotonic() >= end:
            place = where_it_was(said)
            what = f"it hung{place}" if place else "it was killed"
            raise HungError(f"no answer within {seconds:g} s; {what}")
        if unreadable:
            raise LostError(UNREADABLE)
        assert self._process is not None
        raise LostError(how_it_ended(self._process.exitcode, said))

    def end(self) -> None:
        """Kill the process with all that it started, and remove what it leaves."""
        self._kill()
        self._pool.shutdown(wait=False, cancel_futures=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _submit(self, call: Callable[..., T], *given: Any) -> Future[T]:
        try:
            future = self._pool.submit(call, *given)
        except (OSError, RuntimeError) as error:
            raise LostError(f"no process: {error}") from error
        if self._process is None:
            assert self._pool._processes is not None
            (self._process,) = self._pool._processes.values()
        return future

    def _works_on(self, future: Future[Any]) -> bool:
        """Tell whether an answer may still come."""
        manager = self._pool._executor_manager_thread
        managed = manager is not None and manager.is_alive()
        return not future.done() and managed and self._is_alive()

    def _is_alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def _kill(self) -> None:
        if self._process is None or self._process.pid is None:
            return
        kill_group(self._process.pid)
        self._process.kill()
        self._process.join(JOIN)

    def _said(self) -> str:
        with suppress(OSError):
            return (self._folder / SAID).read_text("utf-8", errors="replace")
        return ""
