"""What a backend may do to pipes, to its process and to the suite in it."""

from __future__ import annotations

import atexit
import os
import pickle
import select
import shutil
import signal
import struct
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

from netspec.conformance import checks, judging
from netspec.conformance.processes import _answer as answers
from tests.hostile.backend import FOREVER, Deeds

MISCHIEF = Deeds()
MOMENT = 1.0  # seconds
HIGHEST = 64  # above any descriptor of a worker


# Nonsense in the pipes


def write_everywhere(content: bytes) -> None:
    for descriptor in range(HIGHEST):
        try:
            if select.select([], [descriptor], [], 0)[1]:
                os.write(descriptor, content)
        except OSError:
            continue
    time.sleep(MOMENT)  # the answer itself comes after the command has read this


@MISCHIEF.last
def writes_null_everywhere(*_: Any) -> None:
    write_everywhere(b"null\n")


@MISCHIEF.last
def writes_framed_garbage_everywhere(*_: Any) -> None:
    write_everywhere(struct.pack("!i", 7) + b"garbage")


@MISCHIEF.last
def writes_a_number_everywhere(*_: Any) -> None:
    content = pickle.dumps(5)
    write_everywhere(struct.pack("!i", len(content)) + content)


@MISCHIEF.last
def closes_everything(*_: Any) -> None:
    os.closerange(0, HIGHEST)
    time.sleep(MOMENT)


@MISCHIEF.early
def answers_for_another(*_: Any) -> None:
    """Gives rows that say that another backend passed."""
    module: Any = answers
    run = module.run
    module.run = lambda unit: [replace(row, backend="numpy") for row in run(unit)]


@MISCHIEF.early
def gives_no_rows(*_: Any) -> None:
    checks.CHECKS["outputs"] = lambda subject: iter(())


# What must not matter to anybody


@MISCHIEF.early
def makes_noise(*_: Any) -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.write("noise\n")
        stream.flush()
    for descriptor in (1, 2):
        os.write(descriptor, b"\xff\x00 noise\n")


@MISCHIEF.early
def has_no_stdout(*_: Any) -> None:
    sys.stdout = sys.stderr = None


@MISCHIEF.early
def leaves_a_thread(*_: Any) -> None:
    Thread(target=time.sleep, args=[FOREVER]).start()


@MISCHIEF.early
def never_ends_its_exit(*_: Any) -> None:
    atexit.register(time.sleep, FOREVER)


@MISCHIEF.early
def ignores_signals(*_: Any) -> None:
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            continue


@MISCHIEF.early
def removes_its_files(*_: Any) -> None:
    shutil.rmtree(tempfile.gettempdir(), ignore_errors=True)


# Its own judge: within its process nothing is safe from it, beyond it all is


@MISCHIEF.early
def judges_itself(*given: Any) -> Any:
    good = judging.decided(True, "")
    for module in [*sys.modules.values()]:
        if hasattr(module, "judge") and module.__name__.startswith("netspec."):
            module.judge = lambda *_: good  # type: ignore[attr-defined]
    return replace(given[-1], output=given[-1].output + 100)


@MISCHIEF.early
def is_wrong(*given: Any) -> Any:
    return replace(given[-1], output=given[-1].output + 100)


ONCE = "NETSPEC_TESTS_KILLED_ONCE"  # names a file that is there once it has been done


@MISCHIEF.early
def kills_its_parent_once(*_: Any) -> None:
    """Kill the process that asks, such as a worker of Dask."""
    done = Path(os.environ[ONCE])
    if not done.exists():
        done.touch()
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(FOREVER)
