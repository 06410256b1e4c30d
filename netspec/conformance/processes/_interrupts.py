"""Ctrl-C that is not lost, nor a request to terminate that is handled as Ctrl-C is:
Python drops a KeyboardInterrupt that is raised in a finalizer or in a callback of its
garbage collector, and frameworks have both.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def noted_interrupts() -> Iterator[list[int]]:
    """A list that holds every such signal; each raises KeyboardInterrupt as ever.

    It stays empty where none is handled as Python handles Ctrl-C by default.
    """
    noted: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        noted.append(number)
        signal.default_int_handler(number, frame)

    main = threading.current_thread() is threading.main_thread()
    handled = [
        number
        for number in (signal.SIGINT, signal.SIGTERM)
        if main and signal.getsignal(number) is signal.default_int_handler
    ]
    for number in handled:
        signal.signal(number, note)
    try:
        yield noted
    finally:
        for number in handled:
            signal.signal(number, signal.default_int_handler)
