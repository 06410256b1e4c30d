"""Record interrupts, which Python may lose.

Python drops a KeyboardInterrupt that is raised in a finalizer or in a callback of its
garbage collector, and frameworks have both. A request to terminate can be lost in the
same manner, if it is handled as Ctrl-C is.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # the last, from a closed terminal
ENDING = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]


@contextmanager
def noted_interrupts() -> Iterator[list[int]]:
    """Yield a list of the interrupts that arrive; each raises
    KeyboardInterrupt as usual.

    The list holds the numbers of the signals SIGINT, SIGTERM and SIGHUP. A signal that
    has another handler than Python's default handler of Ctrl-C is left alone.
    """
    noted: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        noted.append(number)
        signal.default_int_handler(number, frame)

    main = threading.current_thread() is threading.main_thread()
    handled = [
        number
        for number in ENDING
        if main and signal.getsignal(number) is signal.default_int_handler
    ]
    for number in handled:
        signal.signal(number, note)
    try:
        yield noted
    finally:
        for number in handled:
            signal.signal(number, signal.default_int_handler)
