"""Read the entries from YAML files, one for each family."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from netspec.declare import decode
from netspec.declare.rules import Json
from netspec.differences._entry import Difference
from netspec.errors import NetspecError, SpecError, nearest, shorten
from netspec.spec import documents

FOLDER = Path(__file__).with_name("entries")


@cache
def entries() -> tuple[Difference, ...]:
    """List every known difference, family by family.

    Example:
        >>> all(entry.frameworks for entry in entries())
        True
    """
    return tuple(entry for found in families().values() for entry in found)


@cache
def families() -> Mapping[str, tuple[Difference, ...]]:
    """Return the entries of each family, which is a file."""
    found = read_each(sorted(FOLDER.glob("*.yaml")))
    return {path.stem.replace("_", "-"): held for path, held in found.items()}


def find(id: str) -> Difference:  # noqa: A002 (the name of the field)
    """Return the entry with an id.

    Raises:
        NetspecError: no entry has this id; the error names the nearest.

    Example:
        >>> find("batchnorm-momentum").about
        ('BatchNorm',)
    """
    known = {entry.id: entry for entry in entries()}
    if id not in known:
        raise NetspecError(f"unknown difference {shorten(id)}{nearest(id, known)}")
    return known[id]


def read(paths: Iterable[Path]) -> tuple[Difference, ...]:
    """Read the entries of YAML files.

    Raises:
        NetspecError: a file is no list of entries, an entry breaks a rule, two entries
            have the same id, or one comes after what is not in these files; the error
            names the file, the entry and the rule.
    """
    return tuple(entry for found in read_each(paths).values() for entry in found)


def read_each(paths: Iterable[Path]) -> Mapping[Path, tuple[Difference, ...]]:
    """Read the entries of YAML files, and return those of each; raises as `read`."""
    homes: dict[str, Path] = {}
    read = {path: tuple(_read(path)) for path in paths}
    for path, found in read.items():
        for entry in found:
            if entry.id in homes:
                raise NetspecError(
                    f"{path.name}: {entry.id}: this id is taken in"
                    f" {homes[entry.id].name}; choose another"
                )
            homes[entry.id] = path
    _check_order(entry for found in read.values() for entry in found)
    return read


def _check_order(found: Iterable[Difference]) -> None:
    """Refuse entries that come after one that is not there, or after themselves.

    Raises:
        NetspecError: an entry does; the error names it.
    """
    after = {entry.id: entry.after for entry in found}
    for id_, before in after.items():
        for name in before:
            if name not in after:
                hint = nearest(name, after)
                raise NetspecError(f"{id_}: after names {shorten(name)}{hint}")
    try:
        tuple(TopologicalSorter(after).static_order())
    except CycleError as error:
        raise NetspecError(f"after goes in a circle: {', '.join(error.args[1])}") from (
            None
        )


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
