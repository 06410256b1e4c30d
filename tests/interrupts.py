"""Ctrl-C and closed terminals, however the tests were started: what a shell runs in the
background ignores the one, what `nohup` runs the other, and both hand that on.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_START = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.{})
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""

# Before a command: it starts as if typed, or as if started in the background
HEARING = (sys.executable, "-I", "-S", "-c", _START.format("SIG_DFL"))
IGNORING = (sys.executable, "-I", "-S", "-c", _START.format("SIG_IGN"))


@contextmanager
def handled(
    number: signal.Signals = signal.SIGINT, by: Any = signal.default_int_handler
) -> Iterator[None]:
    """Inside, this process handles a signal as Python handles Ctrl-C by default, or by
    something else.
    """
    before = signal.signal(number, by)
    try:
        yield
    finally:
        signal.signal(number, before)
