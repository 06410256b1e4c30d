"""Build the site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from netspec._system import write_together
from netspec.differences import entries, find, record
from netspec.errors import NetspecError
from netspec.site import _differences, _layers, _lessons, _rosetta, _teaching
from netspec.site._ask import record_natives
from netspec.site._checkout import check_ready
from netspec.site._native import natives
from netspec.site._page import Page
from netspec.site._samples import samples


def build(
    output: Path, *, only: str | None = None, recording: bool = False
) -> tuple[Path, ...]:
    """Write the site into a folder; files of an earlier build are replaced.

    Args:
        output: the folder, which is made if it is not there.
        only: the id of an entry, of which the page alone is written.
        recording: whether all that is installed is run and asked first, and what it
            says is recorded in netspec's own folder.

    Returns:
        The files.

    Raises:
        NetspecError: netspec is no checkout, the extra ``site`` is missing, no entry
            has this id, or the folder cannot be written.
    """
    check_ready()
    chosen = None if only is None else find(only)
    if recording:
        record(among=[chosen] if chosen else None)
        record_natives()
    guide = (output / "guide/index.html").is_file()
    made = [*_differences.difference_pages([chosen])] if chosen else [*pages()]
    contents = {page.path: page.html(guide).encode() for page in made}
    contents |= {} if chosen else _lessons.pictures()
    return _write(output, contents)


def pages() -> Iterator[Page]:
    """Yield every page of the site."""
    yield rosetta()
    yield _differences.index_page()
    yield from _differences.difference_pages(entries())
    yield _layers.index_page()
    yield from _layers.layer_pages(samples())
    yield from _lessons.lesson_pages()
    yield from _teaching.quiz_pages()
    yield from _teaching.class_pages()
    yield from _teaching.migrate_pages()


def rosetta() -> Page:
    """Return the start page."""
    context = {
        "columns": _rosetta.columns(),
        "families": _rosetta.layer_rows(),
        "topics": _rosetta.topic_rows(),
        "entries": entries(),
        "recorded": natives(),
    }
    return Page("index.html", "rosetta.html", context)


def _write(output: Path, contents: dict[str, bytes]) -> tuple[Path, ...]:
    files = {output / path: body for path, body in contents.items()}
    try:
        for folder in {path.parent for path in files}:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NetspecError(f"{output}: cannot be made: {error.strerror}") from error
    write_together({path: _writer(body) for path, body in files.items()})
    return tuple(files)


def _writer(body: bytes) -> Callable[[BinaryIO], object]:
    return lambda file: file.write(body)
