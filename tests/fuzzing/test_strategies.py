"""The strategies draw every layer, with every value of its fields that matters."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from netspec.declare import rules
from netspec.errors import NetspecError
from netspec.fuzzing import draw, strategies
from netspec.fuzzing.strategies import (
    CATALOG,
    KINDS,
    OWN,
    Place,
    layer_of,
    own_fields,
    values,
)
from netspec.layers import MERGES, Graph, Layer

MOST_DRAWS = 400
FIELDS = [(kind, name) for kind in KINDS for name in own_fields(kind)]
RULES = [
    *(rules.COUNT, rules.SIZE, rules.AXIS, rules.BOOL, rules.NAME, rules.GLOB),
    *(rules.REAL, rules.NONNEGATIVE, rules.POSITIVE, rules.RATE, rules.DECAY),
    rules.choice("one", "other"),
    rules.optional(rules.COUNT),
    rules.per_axis(rules.SIZE, 2),
    rules.either(rules.choice("same"), rules.per_axis(rules.COUNT, 1)),
    rules.sequence(rules.COUNT, "sizes"),
    rules.sequence(rules.sequence(rules.SIZE, "pairs", least=2, most=2), "margins"),
]


def drawn(kind: type[Layer]) -> SearchStrategy[Layer]:
    """Layers of a kind, on each shape that it has in the catalog."""
    shapes = {shape for shape, layer in CATALOG if type(layer) is kind}
    return st.one_of(*(layer_of(kind, shape) for shape in sorted(shapes)))


def example(strategy: SearchStrategy[Any], wanted: Any = lambda value: True) -> Any:
    """The first of many draws that is wanted."""
    many = settings(max_examples=500, phases=[Phase.generate], database=None)
    return find(strategy, wanted, settings=many, random=Random(0))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_strategies_draw_every_layer(kind: type[Layer]) -> None:
    assert type(example(drawn(kind))) is kind


def test_specs_draw_every_layer() -> None:
    tiny = [(), (1,), (4,), (3, 4), (1, 1), (2, 3, 4), (2, 1, 3), (2, 3, 2, 4)]
    offered = {kind for shape in tiny for kind in strategies.readers(shape)}
    assert offered == set(OWN.leaves)
    assert {*OWN.leaves, *OWN.containers, *OWN.lookups} == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "name"), FIELDS, ids=lambda value: getattr(value, "__name__", value)
)
def test_every_field_takes_different_values(kind: type[Layer], name: str) -> None:
    def differ(pair: tuple[Layer, Layer]) -> bool:
        return bool(getattr(pair[0], name) != getattr(pair[1], name))

    assert example(st.tuples(drawn(kind), drawn(kind)), differ)


def options(schema: Any) -> set[Any]:
    """The words and flags that a field may hold."""
    parts = schema.get("anyOf", [schema])
    flags = {False, True} if {"type": "boolean"} in parts else set()
    words = flags.union(*(part.get("enum", ()) for part in parts))
    return words - {"valid"}  # which a window keeps as no padding


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_option_is_drawn(kind: type[Layer]) -> None:
    left = {
        (name, option)
        for name, schema in own_fields(kind).items()
        for option in options(schema)
    }
    layers, number = drawn(kind), 0
    while left and number < MOST_DRAWS:
        layer = draw(layers, f"{number}")
        left = {(name, value) for name, value in left if getattr(layer, name) != value}
        number += 1
    assert not left


def test_graphs_merge_in_every_way() -> None:
    drawn_ones = (draw(drawn(Graph), f"{number}") for number in range(MOST_DRAWS))
    graphs = [graph for graph in drawn_ones if isinstance(graph, Graph)]
    merges = {chain.merge for graph in graphs for chain in graph.chains()}
    assert merges == set(MERGES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.must[:30])
@given(data=st.data(), shape=strategies.shapes())
def test_values_follow_their_rule(
    rule: rules.Rule[Any, Any], data: st.DataObject, shape: tuple[int, ...]
) -> None:
    found = values(rule.schema, Place(shape))
    for value in (*found.some, data.draw(found.any)):
        rule.parse(value)


def test_a_schema_that_nobody_draws_is_named() -> None:
    with pytest.raises(NetspecError, match="nothing draws what the schema"):
        values({"type": "object"}, Place((3,)))
