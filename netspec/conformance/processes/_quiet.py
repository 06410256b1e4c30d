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
from types import ModuleType
from typing import Any

_LOCK = Lock()
SAFE_PATH = "PYTHONSAFEPATH"  # else a new Python looks in the current folder first


class QuietProcess(SpawnProcess):
    """A process that starts without the user's script."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 (the name is theirs)
        with _LOCK, _nothing_of_the_users():
            _fill_standard_streams()
            return SpawnProcess._Popen(process_obj)  # type: ignore[attr-defined]


class Quiet(SpawnContext):
    """A context of `multiprocessing` whose processes are quiet."""

    Process = QuietProcess


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
    """Open what of the descriptors 0 to 2 is closed, as after ``>&-``: a pipe to the
    new process must not get one of these numbers.
    """
    descriptor = os.open(os.devnull, os.O_RDWR)
    while descriptor <= 2:
        descriptor = os.open(os.devnull, os.O_RDWR)
    os.close(descriptor)
