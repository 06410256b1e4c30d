"""How a process may end, raise or hang."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from threading import Thread
from typing import Any

from tests.hostile.backend import FOREVER, Deeds

ENDS = Deeds()


@ENDS.last
def crashes(*_: Any) -> None:
    ctypes.string_at(0)


@ENDS.last
def aborts(*_: Any) -> None:
    os.abort()


@ENDS.last
def exits_with_0(*_: Any) -> None:
    os._exit(0)


@ENDS.last
def exits_with_3(*_: Any) -> None:
    os._exit(3)


@ENDS.last
def exits_in_a_thread(*_: Any) -> None:
    Thread(target=os._exit, args=[0]).start()
    time.sleep(FOREVER)


@ENDS.last
def exits_as_python_does(*_: Any) -> None:
    sys.exit(0)


@ENDS.last
def kills_itself(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@ENDS.last
def terminates_itself(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@ENDS.last
def forks_in_c(*_: Any) -> None:
    """The child holds all pipes open; the hooks of Python do not see it."""
    if not ctypes.CDLL(None).fork():
        time.sleep(FOREVER)
    os._exit(5)


@ENDS.last
def is_out_of_memory(*_: Any) -> None:
    raise MemoryError


@ENDS.last
def ends_with_a_nameless_signal(*_: Any) -> None:
    os.kill(os.getpid(), 40)


@ENDS.last
def says_why_it_ends(*_: Any) -> None:
    os.write(2, b"first line\n\xff no licence\n")
    os._exit(7)


# Exceptions


class Unpicklable(Exception):
    def __init__(self) -> None:
        super().__init__("bad")
        self.function = lambda: None


class Speechless(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


@ENDS.last
def raises_what_cannot_be_pickled(*_: Any) -> None:
    raise Unpicklable


@ENDS.last
def raises_what_has_no_text(*_: Any) -> None:
    raise Speechless


@ENDS.last
def raises_an_interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


# Hangs


@ENDS.early
def hangs(*_: Any) -> None:
    while True:
        pass


@ENDS.early
def hangs_in_c(*_: Any) -> None:
    """Nothing else of Python runs meanwhile, no thread either."""
    ctypes.PyDLL(None).sleep(int(FOREVER))


@ENDS.early
def stops_itself(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)
