"""``netspec``, and ``python -m netspec``: the command line."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Any

INTERRUPTED = 130
PATIENCE = 10.0  # seconds in which what a framework left running may end


def main() -> None:
    """Run the command line. Ctrl-C, SIGTERM or SIGHUP end it quietly with status 130,
    from the first import on; no process and no half-written file is left.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores it
            signal.signal(number, signal.default_int_handler)
    try:
        from netspec._system import started
        from netspec.cli import main as run

        started()
        run()
    except KeyboardInterrupt:
        _leave(INTERRUPTED)
    except SystemExit as exit_:
        _leave(exit_.code)


def _leave(code: Any) -> None:
    """Exit, although a thread or an exit handler of a framework should never end."""
    number = code if isinstance(code, int) else int(code is not None)
    forced = threading.Timer(PATIENCE, os._exit, [number])
    forced.daemon = True
    forced.start()
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda *_: os._exit(number))
    sys.exit(code)


if __name__ == "__main__":
    main()
