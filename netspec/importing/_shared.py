"""Arrays that several layers read: ties of the spec, where it can say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from netspec.errors import Obstacle
from netspec.importing._graph import INPUT, Item, Weight
from netspec.layers import Layer, Shape

ONES_OWN = "give each layer its own"


class _Use(NamedTuple):
    """How a layer reads an array."""

    weight: Weight
    trainable: bool


def ties(weights: Mapping[str, Weight]) -> dict[str, str]:
    """Return, by the path of each parameter that has the array of one before it, the
    path of that one.

    Args:
        weights: by path, in the order of the spec.
    """
    owners: dict[str, str] = {}
    first = {p: owners.setdefault(weight.origin, p) for p, weight in weights.items()}
    return {path: owner for path, owner in first.items() if owner != path}


def unsayable(items: Iterable[Item], input_shape: Shape) -> Iterator[Obstacle]:
    """Yield a problem for each array that layers share in a way that no tie has."""
    shapes = {INPUT: input_shape}
    first: dict[str, _Use] = {}
    whole: dict[str, bool] = {}
    for item in items:
        shapes[item.key] = item.shape
        for use in _uses(item, shapes):
            origin = use.weight.origin
            before = first.setdefault(origin, use)
            why = "" if before is use else _differs(before, use)
            array, part, _ = origin.partition("[")
            if whole.setdefault(array, not part) == bool(part):
                why = f"one as a whole and one in part; {ONES_OWN}"
            if why:
                yield item.problem(f"reads {origin}, as a layer before it does, {why}")


def _uses(item: Item, shapes: Mapping[str, Shape]) -> Iterator[_Use]:
    if not item.weights or not isinstance(item.made, Layer):
        return
    declared = item.made.parameters(shapes[item.reads[0]])
    for name, weight in item.weights.items():
        trainable = name not in declared or declared[name].trainable
        yield _Use(weight, trainable)


def _differs(before: _Use, use: _Use) -> str:
    """Say why two uses of an array are not one parameter; nothing where they are."""
    one, other = before.weight.values, use.weight.values
    if one.shape != other.shape:
        return (
            f"there as {one.shape}, here as {other.shape}; a spec ties what has one"
            f" shape, so {ONES_OWN}"
        )
    if not (before.trainable and use.trainable):
        return (
            "a running statistic, which both would move; a spec ties what is trained"
            f" alone, so {ONES_OWN}"
        )
    if one is not other and not np.array_equal(one, other, equal_nan=True):
        return f"with other numbers made of it; {ONES_OWN}"
    return ""
