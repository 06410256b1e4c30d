"""Show long text one screen at a time, where somebody looks at a terminal."""

from __future__ import annotations

import os
import pydoc
import shutil
import sys

import typer


def show(text: str) -> None:
    """Print text; on a terminal, in the pager of the user if it does not fit."""
    lines = text.count("\n") + 1
    if sys.stdout.isatty() and lines >= shutil.get_terminal_size().lines:
        os.environ.setdefault("LESS", "FRX")  # as git has it: with colors
        pydoc.pager(text + "\n")
        return
    typer.echo(text)
