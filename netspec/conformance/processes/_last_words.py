"""Say how a process ended, and where it was, from its exit code and what it wrote."""

from __future__ import annotations

import re
from pathlib import Path
from signal import Signals

SIGNALS = {signal.value: signal.name for signal in Signals}  # not all have names
LONGEST = 300  # characters of a last line

# What faulthandler writes: a block for each thread, its innermost call first; the main
# thread, in which the work is done, comes last
_THREAD = re.compile(r"^(Current thread|Thread) 0x.*:\n((?:  .*\n?)*)", re.MULTILINE)
_CALL = re.compile(r'  File "(.*)", line (\d+) in (.*)')


def how_it_ended(code: int | None, said: str) -> str:
    """Describe the end of a process: its signal, or its exit code and last line.

    Args:
        code: exit code, negative for a signal; None if it is not known.
        said: what it wrote.
    """
    if code is None:
        return "ended, nobody knows how"
    if code < 0:
        place = where_it_was(said)
        return f"killed by {SIGNALS.get(-code, f'signal {-code}')}{place}"
    last = said.strip().rpartition("\n")[2]
    return f"ended with {code}" + (f": {last[:LONGEST]}" if last else "")


def where_it_was(said: str) -> str:
    """Describe the innermost Python call in what faulthandler wrote, such as
    ``" in step, mine.py line 7"``; empty if it wrote nothing.
    """
    threads = _THREAD.findall(said)
    threads.sort(key=lambda thread: thread[0].startswith("Current"))
    call = _CALL.match(threads[-1][1]) if threads else None
    if call is None:
        return ""
    file, line, function = call.groups()
    return f" in {function}, {Path(file).name} line {line}"
