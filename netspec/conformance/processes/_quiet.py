"""Start processes that do not import the user's script, as `multiprocessing` has new
processes do: a script without ``if __name__ == "__main__"`` would run again in each.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from threading import Lock
from time import monotonic, sleep
from types import ModuleType
from typing import Any

_LOCK = Lock()
MOMENT = 0.2  # seconds
SAFE_PATH = "PYTHONSAFEPATH"  # else a new Python looks in the current folder first


class QuietProcess(SpawnProcess):
    """A process that starts without the user's script.

    Attributes:
        dismissed: True if its executor terminated it while it was alive, because of
            what it wrote.
    """

    dismissed = False

    def terminate(self) -> None:
        end = monotonic() + MOMENT  # a process that ends has closed its pipes before
        while (alive := self.is_alive()) and monotonic() < end:
            sleep(MOMENT / 10)  # not join: what a backend wrote may look like an end
        self.dismissed |= alive  # some versions call this twice
        super().terminate()

    def is_alive(self) -> bool:
        # of two threads that ask at once, one learns of the end; the other is told that
        # there is no such child, which `multiprocessing` takes for "not yet"
        return super().is_alive() and _exists(self.pid)

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 (the name is theirs)
        with _LOCK, _nothing_of_the_users():
            return SpawnProcess._Popen(process_obj)


class Quiet(SpawnContext):
    """A context of `multiprocessing` whose processes are quiet."""

    Process = QuietProcess

    def __init__(self) -> None:
        super().__init__()
        _fill_standard_streams()  # before an executor makes its pipes


def _exists(pid: int | None) -> bool:
    if pid is None or sys.platform == "win32":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def _nothing_of_the_users() -> Iterator[None]:
    """Hide the script, and the current folder, for the milliseconds of a start."""
    script, before = sys.modules["__main__"], os.environ.get(SAFE_PATH)
    sys.modules["__main__"] = ModuleType("__main__")
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        sys.modules["__main__"] = script
        if before is None:
            del os.environ[SAFE_PATH]
        else:
            os.environ[SAFE_PATH] = before


def _fill_standard_streams() -> None:
    """Open what of the descriptors 0 to 2 is closed, as after ``>&-``: a pipe to a new
    process must not get one of these numbers.
    """
    descriptor = os.open(os.devnull, os.O_RDWR)
    while descriptor <= 2:
        os.set_inheritable(descriptor, True)  # the new process has the same need
        descriptor = os.open(os.devnull, os.O_RDWR)
    os.close(descriptor)
