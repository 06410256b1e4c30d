"""What a field may hold, from the JSON Schema that its rule states.

Values are small, and many are taken from the shape that the layer reads: sizes of its
axes, numbers of its axes, its factors. What does not fit is left to the caller to drop.
"""

from __future__ import annotations

import math
import re
from functools import cache
from itertools import chain, permutations
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from netspec.errors import NetspecError, shorten
from netspec.layers import MERGES, Identity, Layer, Node, Shape

Schema = Any

LARGEST_SIZE = 6  # of an axis that a value is taken from
LARGEST_NUMBER = 2.0
MARGIN = 2.0**-6
LEAST = 1e-30
WORDS = ("a", "b1", "*")


class Values(NamedTuple):
    """How values of one schema are drawn.

    Attributes:
        some: a few to be tried one after the other.
        any: all of them.
    """

    some: tuple[Any, ...]
    any: SearchStrategy[Any]


class Place(NamedTuple):
    """What values may depend on.

    Attributes:
        shape: what the layer reads.
        chains: how lists of layers that read it are drawn; None in a layer that holds
            none.
    """

    shape: Shape
    chains: Values | None = None


def values(schema: Schema, place: Place) -> Values:
    """How values of a schema are drawn.

    Raises:
        NetspecError: the schema is of a kind that nothing here draws.
    """
    match schema:
        case {"enum": options}:
            return _listed(tuple(options))
        case {"anyOf": parts}:
            ways = [values(part, place) for part in parts]
            some = chain.from_iterable(way.some for way in ways)
            return Values(tuple(some), st.one_of(*(way.any for way in ways)))
        case {"type": "null" | "boolean" as kind}:
            return _listed((None,) if kind == "null" else (False, True))
        case {"type": "integer"}:
            return _listed(_integers(schema, place.shape))
        case {"type": "number"}:
            low, high = _bounds(schema)
            return Values((high, low), st.floats(low, high).map(_plain))
        case {"type": "string", "pattern": pattern}:
            return _listed(tuple(text for text in WORDS if re.search(pattern, text)))
        case {"type": "array", "items": {"$ref": "#/$defs/layer"}} if place.chains:
            return place.chains
        case {"type": "array", "items": {"$ref": "#/$defs/Node"}} if place.chains:
            return _nodes(place.chains, place.shape)
        case {"type": "array", "items": items}:
            return _arrays(schema, items, place)
    raise NetspecError(
        f"nothing draws what the schema {shorten(schema)} allows; give the rule an"
        " enum, or one of the types boolean, integer, number, string and array"
    )


@cache
def _listed(some: tuple[Any, ...]) -> Values:
    return Values(some, st.sampled_from(some))


def _integers(schema: Schema, shape: Shape) -> tuple[int, ...]:
    """Small ones, sizes of axes and numbers of axes, of either sign."""
    axes = range(-len(shape), len(shape) + 1)
    sizes = [size for size in shape if size <= LARGEST_SIZE]
    found = sorted(
        {*range(1, 5), *axes, *sizes}, key=lambda number: (number < 1, number)
    )
    low = schema.get("minimum", -math.inf)
    high = schema.get("maximum", math.inf)
    barred = schema.get("not", {}).get("const")
    return tuple(n for n in found if low <= n <= high and n != barred)


def _bounds(schema: Schema) -> tuple[float, float]:
    """Return the ends of a range of numbers, away from an end that is not in it."""
    low = schema.get("minimum", -LARGEST_NUMBER)
    high = schema.get("maximum", LARGEST_NUMBER)
    if "exclusiveMinimum" in schema:
        low = schema["exclusiveMinimum"] + MARGIN
    if "exclusiveMaximum" in schema:
        high = schema["exclusiveMaximum"] - MARGIN
    return low, high


def _plain(number: float) -> float:
    """Return the number, or 0 where what is computed with it would underflow."""
    return number if abs(number) > LEAST else 0.0


def _arrays(schema: Schema, items: Schema, place: Place) -> Values:
    item = values(items, place)
    least, most = schema.get("minItems", 0), schema.get("maxItems")
    if most is not None:
        some = [(value,) * most for value in item.some]
        return Values(tuple(some), st.lists(item.any, min_size=least, max_size=most))
    lists = st.lists(item.any, min_size=least, max_size=3)
    if items.get("type") == "integer":
        forms = _listed(_forms(place.shape))
        return Values(forms.some, forms.any | lists)
    some = [(value,) * count for value in item.some for count in (1, 2)]
    return Values(tuple(some), lists)


def _nodes(chains: Values, shape: Shape) -> Values:
    """Two chains that read the same, and a node that reads both."""

    def graph(
        first: list[Layer], second: list[Layer], merge: str, axis: int
    ) -> tuple[Node, ...]:
        reads, both = ("one", "other"), [Identity()]
        last = Node(WORDS[0], both, reads=reads, merge=merge, axis=axis)
        return Node("one", first), Node("other", second), last

    some = tuple(graph(chain, chain, "add", 1) for chain in chains.some if chain)
    first, merges = st.sampled_from(chains.some), st.sampled_from(MERGES)
    axes = _integers({"not": {"const": 0}}, shape)
    drawn = st.builds(graph, first, chains.any, merges, st.sampled_from(axes))
    return Values(some, drawn)


def _forms(shape: Shape) -> tuple[tuple[int, ...], ...]:
    """Orders of the axes of a shape, and shapes with as many values."""
    size = math.prod(shape)
    factors = [part for part in range(1, size + 1) if size % part == 0]
    orders = list(permutations(range(1, len(shape) + 1)))
    pairs = [(part, size // part) for part in factors]
    found = [(size,), shape[::-1], *pairs, *orders]
    return tuple(form for form in found if form)
