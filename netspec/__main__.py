"""``netspec``, and ``python -m netspec``: the command line."""

from __future__ import annotations

import signal
import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line. Ctrl-C or SIGTERM ends it quietly with status 130, from
    the first import on; no process and no half-written file is left.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        from netspec.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
