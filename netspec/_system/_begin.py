"""End the command line quietly on Ctrl-C while it is still being imported.

Python would show the imports that it interrupts. Importing this module, which the
package does first, is all that it takes where netspec is run as a command; elsewhere it
does nothing.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType

INTERRUPTED = 130


def _end(number: int, frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)  # nothing is open yet


def _is_command() -> bool:
    program = getattr(sys, "argv", [""])[:1]
    if program == ["-m"]:  # as long as it looks for the module
        return "netspec" in sys.orig_argv
    return [Path(name).stem for name in program] == ["netspec"]


def started() -> None:
    """Let Ctrl-C raise KeyboardInterrupt again, now that somebody catches it."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


if _is_command() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, _end)
