"""A line for what takes long."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from netspec.cli._tables import printable
from netspec.errors import excerpt

PATIENCE = 2.0  # seconds, after which the line is written
EVERY = 1.0  # seconds, after which a terminal shows the time again
CLEAR = "\r\x1b[2K"


@contextmanager
def slow(doing: str) -> Iterator[None]:
    """Say on stderr what is being done, if it takes longer than two seconds; on a
    terminal with the time, until it is done.

    Args:
        doing: such as ``"importing net.onnx"``.
    """
    done = threading.Event()
    words = excerpt(printable(doing), 60)
    teller = threading.Thread(target=_tell, args=(words, done), daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()


def _tell(doing: str, done: threading.Event) -> None:
    start = time.monotonic()
    if done.wait(PATIENCE) or sys.stderr is None:
        return
    if not sys.stderr.isatty():
        typer.echo(f"{doing} ...", err=True)
        return
    while True:
        spent = int(time.monotonic() - start)
        typer.echo(f"{CLEAR}{doing} ... {spent} s", nl=False, err=True)
        if done.wait(EVERY):
            break
    typer.echo(CLEAR, nl=False, err=True)
