"""Prepare a process that works for a lane: it says nothing to the user, leaves Ctrl-C
to its parent, keeps its temporary files in one folder, and ends when its parent does.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from netspec._system import keep_memory
from netspec.conformance.processes._quiet import SAFE_PATH

T = TypeVar("T")

SAID = "said.txt"  # in the folder of a worker: what it wrote to stdout and stderr
ANSWERED = "answered"  # in this folder, too: the answer is on its way
LONGEST = 1e6  # seconds for which faulthandler has numbers


def settle(folder: str, threads: int) -> None:
    """Make this process a worker.

    Args:
        folder: a path at which to make the folder of its temporary files.
        threads: number of threads for numerical libraries, unless the user says.
    """
    os.environ.pop(SAFE_PATH)
    keep_memory()
    Path(folder).mkdir(mode=0o700)
    Thread(target=_follow_parent, args=[folder], daemon=True).start()
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    _say_nothing(Path(folder, SAID))
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)  # a group, to be killed with all that it starts
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as in the background
        # ignored here, but unlike SIG_IGN not by its children
        signal.signal(signal.SIGINT, lambda *_: None)


def _say_nothing(path: Path) -> None:
    """Let all that is written to stdout and stderr go to a file, crashes included."""
    said = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, source in ((0, nothing), (1, said), (2, said)):
        os.dup2(source, descriptor)
    sys.stdout = os.fdopen(1, "w", buffering=1, errors="replace", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="replace", closefd=False)
    faulthandler.enable(said)


def _follow_parent(folder: str) -> None:
    """Wait for the parent to end; then remove what is here, and end."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    for _ in range(3):  # another thread may write meanwhile
        shutil.rmtree(folder, ignore_errors=True)
    kill_group(os.getpid())
    os._exit(1)


def kill_group(leader: int) -> None:
    """Kill what is in the group of a process, if that has made one."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(leader, signal.SIGKILL)


def timed(seconds: float, call: Callable[..., T], *given: Any) -> T:
    """Return what a call gives. If it takes longer, this process says where it is, and
    ends, even if a library written in C holds on to the interpreter.
    """
    limit = min(seconds, LONGEST)
    faulthandler.dump_traceback_later(limit, exit=True, file=2)
    try:
        return call(*given)
    finally:
        faulthandler.cancel_dump_traceback_later()
        with suppress(OSError):  # the folder may be gone
            Path(tempfile.gettempdir(), ANSWERED).touch()
