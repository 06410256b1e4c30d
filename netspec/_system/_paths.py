"""Names of files, as they are given, compared and shown."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable

from netspec.errors import NetspecError, shorten

STANDARD_STREAM = "-"


def file_name(
    path: object, error: type[NetspecError] = NetspecError, done: str = "read"
) -> str:
    """Return the name of a file as text.

    Args:
        path: a string, or an object such as `pathlib.Path`.
        error: what to raise.
        done: what is to be done with the file: ``"read"`` or ``"written"``.

    Raises:
        NetspecError: something else, such as bytes or a number, or a name with a NUL.
    """
    name = os.fspath(path) if isinstance(path, os.PathLike) else path
    if not isinstance(name, str):
        raise error(
            f"a file is named by a string or a pathlib.Path, received {shorten(path)}"
        )
    if "\0" in name:
        raise error(f"{shorten(name)}: cannot be {done}: a NUL in the name")
    return name


def check_apart(
    outputs: Iterable[str | os.PathLike[str]],
    inputs: Iterable[str | os.PathLike[str]] = (),
) -> None:
    """Refuse outputs that would overwrite each other, or what is read, links followed.

    Args:
        outputs: names of the files to be written.
        inputs: names of the files that are read.

    Raises:
        NetspecError: two names are those of one file.
    """
    held = {
        os.path.realpath(name): shown_path(name) for name in inputs if _is_file(name)
    }
    for name in filter(_is_file, outputs):
        real = os.path.realpath(name)
        if real in held:
            raise NetspecError(
                f"{shown_path(name)}: is the same file as {held[real]}, which would be"
                " overwritten; give another name"
            )
        held[real] = shown_path(name)


def _is_file(name: str | os.PathLike[str]) -> bool:
    """Tell whether a name is that of a file, now or once it is written; a device such
    as /dev/null takes everything.
    """
    named = os.fspath(name) != STANDARD_STREAM
    return named and (os.path.isfile(name) or not os.path.exists(name))


def shown_path(path: str | os.PathLike[str]) -> str:
    """Write the name of a file for a terminal: quoted where it has what moves the
    cursor, such as a line break.
    """
    name = os.fspath(path)
    return name if name.isprintable() else json.dumps(name)
