"""Read the entries from YAML files, one for each family."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from netspec.declare import decode
from netspec.declare.rules import Json
from netspec.differences._entry import Difference
from netspec.errors import NetspecError, SpecError, nearest, shorten
from netspec.spec import documents

FOLDER = Path(__file__).with_name("entries")


@cache
def entries() -> tuple[Difference, ...]:
    """List every known difference, family by family."""
    return read(sorted(FOLDER.glob("*.yaml")))


def find(id: str) -> Difference:  # noqa: A002 (the name of the field)
    """Return the entry with an id.

    Raises:
        NetspecError: no entry has this id; the error names the nearest.
    """
    known = {entry.id: entry for entry in entries()}
    if id not in known:
        raise NetspecError(f"unknown difference {shorten(id)}{nearest(id, known)}")
    return known[id]


def read(paths: Iterable[Path]) -> tuple[Difference, ...]:
    """Read the entries of YAML files.

    Raises:
        NetspecError: a file is no list of entries, an entry breaks a rule, or two
            entries have the same id; the error names the file, the entry and the rule.
    """
    homes: dict[str, Path] = {}
    found = []
    for path in paths:
        for entry in _read(path):
            if entry.id in homes:
                raise NetspecError(
                    f"{path.name}: {entry.id}: this id is taken in"
                    f" {homes[entry.id].name}; choose another"
                )
            homes[entry.id] = path
            found.append(entry)
    return tuple(found)


def _read(path: Path) -> list[Difference]:
    try:
        found = documents.load(path)
    except SpecError as error:
        raise NetspecError(f"{path.name}: {error}") from None
    if not isinstance(found, list):
        raise NetspecError(
            f"{path.name}: must be a list of entries, received {shorten(found)}"
        )
    return [
        _entry(f"{path.name}: {_label(document, index)}", document)
        for index, document in enumerate(found)
    ]


def _label(document: Json, index: int) -> str:
    named = isinstance(document, dict) and isinstance(document.get("id"), str)
    return str(document["id"]) if named else f"entry {index}"


def _entry(where: str, document: Json) -> Difference:
    try:
        return decode(Difference, document)
    except SpecError as error:
        raise NetspecError(f"{where}: {error}") from None
