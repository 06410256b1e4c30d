"""Arrange the entries: by family, by topic, by level, as a course."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from netspec.differences._entry import Difference
from netspec.differences._registry import entries, families
from netspec.errors import NetspecError, nearest, shorten
from netspec.spec import Spec, documents

COURSE = Path(__file__).with_name("course.yaml")


def groups() -> Mapping[str, tuple[Difference, ...]]:
    """Return the entries of each family, such as ``"batchnorm"``, in order."""
    return families()


@cache
def topics() -> Mapping[str, tuple[Difference, ...]]:
    """Return the entries about each type of layer and each topic, by name."""
    names = sorted({name for entry in entries() for name in entry.about})
    return {name: tuple(e for e in entries() if name in e.about) for name in names}


@cache
def course() -> tuple[Difference, ...]:
    """Return the entries that are met most, each with all that one teaches with, in an
    order in which one can teach them.
    """
    known = {entry.id: entry for entry in entries()}
    return tuple(known[id_] for id_ in documents.load(COURSE))


def select(name: str) -> tuple[Difference, ...]:
    """Return the entries that a name means: an id, a type of layer or a topic in
    whatever case, or a family.

    Raises:
        NetspecError: it means none; the error names the nearest.

    Example:
        >>> "batchnorm-momentum" in [entry.id for entry in select("BatchNorm")]
        True
    """
    known = {entry.id: (entry,) for entry in entries()}
    about = {topic.lower(): found for topic, found in topics().items()}
    found = known.get(name) or about.get(name.lower()) or groups().get(name.lower())
    if not found:
        names = (*known, *topics(), *groups())
        raise NetspecError(f"unknown difference {shorten(name)}{nearest(name, names)}")
    return found


def touched(
    spec: Spec, among: Iterable[Difference] | None = None
) -> Mapping[Difference, tuple[str, ...]]:
    """Return the entries that are about a layer of a model, with the paths of these.

    Args:
        spec: the model.
        among: the entries to look at; all if None.
    """
    paths: dict[str, list[str]] = {}
    for node in spec.graph.walk():
        paths.setdefault(type(node.layer).__name__, []).append(node.path)
    found = {
        entry: tuple(path for name in entry.about for path in paths.get(name, ()))
        for entry in (entries() if among is None else among)
    }
    return {entry: where for entry, where in found.items() if where}
