"""The entries: read from YAML files, one for each family."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from netspec import text
from netspec.declare import decode, nearest, shorten
from netspec.divergence.entry import Divergence
from netspec.errors import NetspecError, SpecError
from netspec.rules import Json

FOLDER = Path(__file__).with_name("entries")


@cache
def entries() -> tuple[Divergence, ...]:
    """Every known difference, family by family."""
    return read(sorted(FOLDER.glob("*.yaml")))


def find(id: str) -> Divergence:  # noqa: A002 (the name of the field)
    """The entry of this id.

    Raises:
        NetspecError: there is none; names the nearest.
    """
    known = {entry.id: entry for entry in entries()}
    if id not in known:
        raise NetspecError(f"unknown difference {shorten(id)}{nearest(id, known)}")
    return known[id]


def read(paths: Iterable[Path]) -> tuple[Divergence, ...]:
    """The entries of YAML files.

    Raises:
        NetspecError: a file is no list of entries, an entry breaks a rule, or two
            have the same id; names the file, the entry and the rule.
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


def _read(path: Path) -> list[Divergence]:
    try:
        documents = text.load(path)
    except SpecError as error:
        raise NetspecError(f"{path.name}: {error}") from None
    if not isinstance(documents, list):
        raise NetspecError(
            f"{path.name}: must be a list of entries, received {shorten(documents)}"
        )
    return [
        _entry(f"{path.name}: {_label(document, index)}", document)
        for index, document in enumerate(documents)
    ]


def _label(document: Json, index: int) -> str:
    named = isinstance(document, dict) and isinstance(document.get("id"), str)
    return str(document["id"]) if named else f"entry {index}"


def _entry(where: str, document: Json) -> Divergence:
    try:
        return decode(Divergence, document)
    except SpecError as error:
        raise NetspecError(f"{where}: {error}") from None
