"""Edits of documents of specs, each of which makes one smaller."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Set
from typing import Any

from netspec.layers import LAYERS

Document = dict[str, Any]
Path = tuple[str | int, ...]

TAG = "type"  # of a layer or an initializer
NOTHING = next(  # what gives its input, in every mode
    {TAG: name} for name in LAYERS if LAYERS[name].unchanged is True
)


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every value in a document, and where it stands."""
    yield path, value
    keys: Iterable[str | int] = value if isinstance(value, dict) else ()
    keys = range(len(value)) if isinstance(value, list) else keys
    for key in keys:
        yield from walk(value[key], (*path, key))


def chains_in(document: Any) -> Iterator[tuple[Path, list[Any]]]:
    """Yield every list of layers in a document."""
    for path, value in walk(document):
        if isinstance(value, list) and value and all(map(_is_layer, value)):
            yield path, value


def emptied(layer: Any) -> Any:
    """Return a container in which every chain does nothing."""
    outer: list[Path] = []
    for path, _ in chains_in(layer):  # a chain comes before those inside it
        if not any(path[: len(other)] == other for other in outer):
            outer.append(path)
    for path in outer:
        layer = put(layer, path, [NOTHING])
    return layer


def _is_layer(value: Any) -> bool:
    return isinstance(value, dict) and value.get(TAG) in {*LAYERS}


def put(document: Any, path: Path, value: Any) -> Any:
    """Return a document with another value at a place."""
    if not path:
        return value
    key, *rest = path
    inner = put(document[key], tuple(rest), value)
    if isinstance(document, dict):
        return {**document, key: inner}
    return [inner if index == key else held for index, held in enumerate(document)]


def without(document: Any, keys: Set[str] | None = None) -> Iterator[Any]:
    """Yield a document without one entry of a mapping in it.

    Args:
        document: of a spec.
        keys: those that may be left out; all if None.
    """
    for path, value in walk(document):
        for key in value if isinstance(value, dict) else ():
            if key != TAG and (keys is None or key in keys):
                rest = {name: value[name] for name in value if name != key}
                yield put(document, path, rest)


def size(document: Any) -> tuple[int, int, int, int]:
    """Measure a document: its tags, its parts, its integers, its text."""
    found = [value for _, value in walk(document)]
    tags = sum(isinstance(value, dict) and TAG in value for value in found)
    integers = sum(abs(value) for value in found if isinstance(value, int))
    return tags, len(found), integers, len(json.dumps(document))


def smaller(value: Any) -> list[Any]:
    """List numbers that may stand for another, the simplest first."""
    if isinstance(value, bool):
        return []
    if isinstance(value, int):
        return sorted({0, 1, value // 2, value - 1, value + 1, -value}, key=abs)
    if isinstance(value, float):
        return [1.0, 0.5, *(float(f"{value:.{digits}e}") for digits in range(3))]
    return []
