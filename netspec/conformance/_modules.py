"""Modules that another process must import before it can read a spec: those in which a
user declares layers and initializers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netspec.declare.rules import Json
from netspec.errors import NetspecError
from netspec.init import INITIALIZERS
from netspec.layers import LAYERS

OURS = "netspec"


def check_importable(documents: Iterable[Json]) -> None:
    """Refuse documents of specs that other processes cannot read.

    Raises:
        NetspecError: a layer or initializer is declared in a script or a notebook,
            which no other process can import.
    """
    for kind in _kinds(documents):
        if kind.__module__ == "__main__":
            raise NetspecError(
                f"{kind.__name__} is declared in a script, which other processes cannot"
                " import; move it to a module, or use one job and do not isolate"
            )


def modules_of(documents: Iterable[Json]) -> list[str]:
    """List the modules outside netspec that declare what is in documents of specs."""
    modules = {kind.__module__ for kind in _kinds(documents)}
    return sorted(name for name in modules if name.partition(".")[0] != OURS)


def _kinds(documents: Iterable[Json]) -> list[type]:
    """List the classes of the layers and initializers in documents."""
    tags = {tag for document in documents for tag in _tags(document)}
    return [known[tag] for known in (LAYERS, INITIALIZERS) for tag in tags & {*known}]


def _tags(document: Json) -> Iterator[str]:
    """Yield every ``type`` in a document."""
    if isinstance(document, dict):
        tag = document.get("type")
        if isinstance(tag, str):
            yield tag
        document = list(document.values())
    if isinstance(document, list):
        for inner in document:
            yield from _tags(inner)
