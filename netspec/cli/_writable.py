"""Refuse, before a long run, what could not be written after it."""

from __future__ import annotations

import os
from pathlib import Path

from netspec.errors import NetspecError


def check_writable(path: Path) -> None:
    """Refuse a path at which no file can be written.

    Raises:
        NetspecError: it is a folder, or stands in none of the user's.
    """
    folder = path.parent
    if path.is_dir() or not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise NetspecError(
            f"{path}: cannot be written; name a file in a folder of yours"
        )
