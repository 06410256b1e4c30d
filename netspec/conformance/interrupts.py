"""Ctrl-C that is not lost: Python drops a KeyboardInterrupt that is raised in a
finalizer or in a callback of its garbage collector, and frameworks have both.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def noted_interrupts() -> Iterator[list[int]]:
    """A list that holds every Ctrl-C; each raises KeyboardInterrupt as ever.

    It stays empty where Ctrl-C is not handled as Python does it by default.
    """
    noted: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        noted.append(number)
        signal.default_int_handler(number, frame)

    main = threading.current_thread() is threading.main_thread()
    default = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not (main and default):
        yield noted
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
