"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

from netspec._system._paths import file_name
from netspec.errors import NetspecError

NEW = 0o666  # the mode of a new file, from which the umask takes


@contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file that appears at `path` once it is complete; until then it has another
    name in the same folder. Pipes and devices, which cannot be half-written, are opened
    directly. A file that is replaced keeps its mode.

    Raises:
        NetspecError: the folder is missing, not writable, or full, or the file is
            read-only; nothing is left.
    """
    name = file_name(path, done="written")
    try:
        with _open_stream(name) if _is_stream(name) else _replace(name) as file:
            yield file
    except OSError as error:
        reason = error.strerror or error
        raise NetspecError(f"{name}: cannot be written: {reason}") from None


def _is_stream(path: str) -> bool:
    return os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path))


@contextmanager
def _open_stream(path: str) -> Iterator[BinaryIO]:
    with open(path, "wb") as file:
        yield file


@contextmanager
def _replace(path: str) -> Iterator[BinaryIO]:
    target = Path(os.path.realpath(path))  # replaces the file behind a link
    before = target.stat() if target.is_file() else None
    if before is not None:
        _need_writable(target, before)
    mode = NEW if before is None else stat.S_IMODE(before.st_mode)
    part = target.with_name(f".netspec-{secrets.token_hex(8)}")
    try:
        with open(part, "xb", opener=partial(os.open, mode=mode)) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if before is not None:
            _make_alike(part, before)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def _need_writable(target: Path, found: os.stat_result) -> None:
    """Refuse a file that is read-only, even to root, whom the system would let."""
    if not found.st_mode & 0o222 or not os.access(target, os.W_OK):
        raise PermissionError(
            errno.EACCES, "it is read-only; give it write permission, or another name"
        )


def _make_alike(part: Path, before: os.stat_result) -> None:
    """Give a new file the mode, and if we may the owner, of what it replaces."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.chown(part, before.st_uid, before.st_gid)
    part.chmod(stat.S_IMODE(before.st_mode))


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
