"""``netspec --import MODULE``: layers, lowerings and backends that a user declares."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from importlib import import_module

from netspec.errors import NetspecError, excerpt, said


def import_all(modules: Iterable[str]) -> None:
    """Import modules, which may lie in the current folder.

    Raises:
        NetspecError: a module cannot be imported.
    """
    look_here("--import")
    for module in modules:
        try:
            with redirect_stdout(sys.stderr):  # ours may be a report for programs
                import_module(module)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # it may even call sys.exit
            raise NetspecError(
                f"--import {excerpt(module, 100)}: {type(error).__name__}:"
                f" {said(error)}; name a module of this folder, or of an installed"
                " package"
            ) from error


def look_here(who: str) -> None:
    """Let Python find modules of the current folder.

    Args:
        who: looks for them.

    Raises:
        NetspecError: it cannot be read.
    """
    try:
        sys.path.insert(0, os.getcwd())
    except OSError as error:
        raise NetspecError(
            f"{who} looks in the current folder, which cannot be read:"
            f" {error.strerror}; change to another"
        ) from None
