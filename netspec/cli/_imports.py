"""``netspec --import MODULE``: layers, lowerings and backends that a user declares."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from netspec.errors import NetspecError


def import_all(modules: Iterable[str]) -> None:
    """Import modules, which may lie in the current folder.

    Raises:
        NetspecError: a module cannot be imported.
    """
    sys.path.insert(0, str(Path.cwd()))
    for module in modules:
        try:
            import_module(module)
        except Exception as error:
            raise NetspecError(
                f"--import {module}: {type(error).__name__}: {error}; name a module of"
                " this folder, or of an installed package"
            ) from error
