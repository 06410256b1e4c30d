"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from netspec.errors import NetspecError


@contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file that appears at `path` once it is complete; until then it has another
    name in the same folder. Pipes and devices, which cannot be half-written, are opened
    directly.

    Raises:
        NetspecError: the folder is missing, not writable, or full; nothing is left.
    """
    if "\0" in os.fspath(path):
        raise NetspecError(f"{path!r}: cannot be written: a NUL in the name")
    try:
        with _open_stream(path) if _is_stream(path) else _replace(path) as file:
            yield file
    except OSError as error:
        reason = error.strerror or error
        raise NetspecError(f"{path}: cannot be written: {reason}") from None


def _is_stream(path: str | os.PathLike[str]) -> bool:
    return os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path))


@contextmanager
def _open_stream(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    with open(path, "wb") as file:
        yield file


@contextmanager
def _replace(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    target = Path(os.path.realpath(path))  # replaces the file behind a link
    part = target.with_name(f".netspec-{secrets.token_hex(8)}")
    try:
        with open(part, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def write_atomically(path: str | os.PathLike[str], content: bytes) -> None:
    """Write `content` to `path`, all of it or nothing.

    Raises:
        NetspecError: the folder is missing, not writable, or full; nothing is left.
    """
    with atomic_file(path) as file:
        file.write(content)


def write_together(contents: Mapping[Path, Callable[[BinaryIO], object]]) -> None:
    """Write several files, all of them or none: no file gets its name before all are
    complete.

    Args:
        contents: by path, a function that writes the content to an open file.

    Raises:
        NetspecError: the folder is missing, not writable, or full; nothing is left.
    """
    with ExitStack() as files:
        for path, write in contents.items():
            file = files.enter_context(atomic_file(path))
            write(file)
            file.flush()  # so that a full disk shows before the first gets its name
