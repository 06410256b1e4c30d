"""Strategies for layers and whole models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from netspec.fuzzing.strategies._initial import FLAGS, initializers, policies
from netspec.fuzzing.strategies._starts import (
    OWN,
    SHAPES,
    Kinds,
    built,
    fits,
    holders,
    keepers,
    keeps,
    made,
    output_shape,
    own_fields,
    readers,
    reads,
    starts,
)
from netspec.fuzzing.strategies._ties import alike, tied
from netspec.fuzzing.strategies._values import Place, Values, values
from netspec.layers import (
    LAYERS,
    Container,
    Layer,
    Parametric,
    Shape,
)
from netspec.spec import Spec

RANKS = tuple(sorted(SHAPES))
SIZES = st.integers(1, 5)
RARELY = st.sampled_from([False] * 4 + [True])


@cache
def shapes(ranks: Sequence[int] = RANKS) -> SearchStrategy[Shape]:
    """Draw shapes of one example."""
    return st.one_of(*(st.tuples(*[SIZES] * rank) for rank in ranks))


def layer_of(
    kind: type[Layer], shape: Shape, depth: int = 0, kinds: Kinds = OWN
) -> SearchStrategy[Layer]:
    """Draw a layer of a kind that reads a shape; one that is a container holds others,
    at most `depth` deep.
    """
    return _layer_of(kind.__name__, shape, depth, kinds)


@cache
def _layer_of(
    name: str, shape: Shape, depth: int, kinds: Kinds
) -> SearchStrategy[Layer]:
    kind = LAYERS[name]
    if issubclass(kind, Container):
        return _containers(kind, shape, depth, kinds)
    return _varied(starts(kind, shape), Place(shape))


@st.composite
def _containers(
    draw: DrawFn, kind: type[Layer], shape: Shape, depth: int, kinds: Kinds
) -> Layer:
    first = draw(chains(shape, depth, kinds))
    place = Place(shape, Values((first,), _twins(first, shape, kinds)))
    begun = (*made(kind, place), *_products(kind, first, shape, kinds))
    return draw(_varied(begun, place))


def _products(
    kind: type[Layer], chain: list[Layer], shape: Shape, kinds: Kinds
) -> tuple[Layer, ...]:
    """Make a product of matrices, which branches drawn apart hardly ever fit."""
    out = output_shape(chain, shape)
    if len(out) < 2 or not {"branches", "merge"} <= own_fields(kind).keys():
        return ()
    *leading, rows, columns = range(1, 1 + len(out))
    order = {"axes": [*leading, columns, rows]}
    turns = (built(k, order) for k in kinds.leaves if own_fields(k).keys() == {"axes"})
    pairs = ([chain, [*chain, turn]] for turn in turns if turn)
    products = (built(kind, {"branches": p, "merge": "matmul"}) for p in pairs)
    return tuple(found for found in products if found and fits(found, shape))


def _varied(found: Sequence[Layer], place: Place) -> SearchStrategy[Layer]:
    """Draw one of these layers, with other values of its fields as far as they fit."""
    schemas = own_fields(type(found[0])) if found else {}
    fields = {name: values(schema, place).any for name, schema in schemas.items()}
    return _changed(st.sampled_from(found), fields, place.shape)


@st.composite
def _changed(
    draw: DrawFn,
    start: SearchStrategy[Layer],
    fields: Mapping[str, SearchStrategy[Any]],
    shape: Shape,
) -> Layer:
    layer = draw(start)
    changes = {name: draw(field) for name, field in fields.items() if draw(FLAGS)}
    wanted = [changes, *({name: value} for name, value in changes.items())]
    for some in wanted if changes else ():
        held = {name: getattr(layer, name) for name in fields} | some
        changed = built(type(layer), held)
        if changed and fits(changed, shape):
            layer = changed
            if some is changes:
                break
    return layer


@st.composite
def _twins(draw: DrawFn, chain: list[Layer], shape: Shape, kinds: Kinds) -> list[Layer]:
    """Draw a chain with the output shape of another, which is `chain` and one more
    layer where nothing else has it.
    """
    other = draw(chains(shape, 0, kinds))
    out = output_shape(chain, shape)
    if output_shape(other, shape) == out:
        return other
    keeping = keepers(out, kinds)
    return [*chain, draw(st.sampled_from(keeping))] if keeping else chain


@cache
def leaves(shape: Shape, kinds: Kinds = OWN) -> SearchStrategy[Layer]:
    """Draw a layer that is no container."""
    return _leaves(st.sampled_from(readers(shape, kinds)), shape)


@st.composite
def _leaves(draw: DrawFn, kinds: SearchStrategy[type[Layer]], shape: Shape) -> Layer:
    layer = draw(layer_of(draw(kinds), shape))
    if isinstance(layer, Parametric) and draw(RARELY):
        inits = {
            name: initializers(parameter)
            for name, parameter in layer.parameters(shape).items()
        }
        return replace(layer, init=draw(st.fixed_dictionaries({}, optional=inits)))
    return layer


@cache
def layers(shape: Shape, depth: int = 1, kinds: Kinds = OWN) -> SearchStrategy[Layer]:
    """Draw a layer that reads inputs of a shape; containers at most `depth` deep."""
    if depth == 0:
        return leaves(shape, kinds)
    nested = (layer_of(kind, shape, depth - 1, kinds) for kind in kinds.containers)
    return st.one_of(leaves(shape, kinds), leaves(shape, kinds), *nested)


@cache
def chains(
    shape: Shape, depth: int, kinds: Kinds = OWN, most: int = 3
) -> SearchStrategy[list[Layer]]:
    """Draw layers one after another, some with names."""
    return _chains(shape, depth, kinds, st.integers(1, most))


@st.composite
def _chains(
    draw: DrawFn, shape: Shape, depth: int, kinds: Kinds, length: SearchStrategy[int]
) -> list[Layer]:
    chain: list[Layer] = []
    for index in range(draw(length)):
        layer = draw(layers(shape, depth, kinds))
        chain.append(replace(layer, name=f"layer{index}") if draw(RARELY) else layer)
        shape = output_shape([layer], shape)
        if not readers(shape, kinds):
            break
    return chain


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")),
    min_size=1,
    max_size=20,
)


@cache
def specs(depth: int = 1, kinds: Kinds = OWN) -> SearchStrategy[Spec]:
    """Draw a whole model, reading floats or integers."""
    # of any kind, or most would be activations: they are many, and read any shape
    floats = _floats(depth, kinds, st.sampled_from(kinds.leaves))
    if not kinds.lookups:
        return _with_policy(floats)
    lookups = _lookups(depth, kinds, st.sampled_from(kinds.lookups))
    return _with_policy(RARELY.flatmap(lambda rare: lookups if rare else floats))


def specs_with(
    kind: type[Layer], depth: int = 1, kinds: Kinds = OWN
) -> SearchStrategy[Spec]:
    """Draw a whole model that surely has a layer of a kind, which holds no layers."""
    of_one = _lookups if kind in kinds.lookups else _floats
    return _with_policy(of_one(depth, kinds, st.just(kind)))


@st.composite
def _with_policy(draw: DrawFn, plain: SearchStrategy[Spec]) -> Spec:
    spec = draw(plain)
    spec = replace(spec, init=draw(policies(spec)))
    pairs = alike(spec)
    if not pairs or not draw(RARELY):
        return spec
    path, owner = draw(st.sampled_from(pairs))
    return tied(spec, path, owner)


@st.composite
def _floats(
    draw: DrawFn, depth: int, kinds: Kinds, leaves: SearchStrategy[type[Layer]]
) -> Spec:
    kind = draw(leaves)
    shape = draw(_inputs(kind.__name__, kinds))
    before = [draw(layers(shape, depth, kinds))] if draw(FLAGS) else []
    before = [layer for layer in before if keeps(layer, shape)]
    first = [*before, draw(layer_of(kind, shape))]
    out = output_shape(first, shape)
    rest = draw(chains(out, depth, kinds, most=2)) if readers(out, kinds) else []
    return Spec(draw(NAMES), shape, [*first, *rest])


@cache
def _inputs(name: str, kinds: Kinds) -> SearchStrategy[Shape]:
    """Draw shapes that a kind reads."""
    kind = LAYERS[name]
    ranks = tuple(rank for rank in RANKS if reads(kind, SHAPES[rank], kinds))
    return shapes(ranks).filter(lambda shape: reads(kind, shape, kinds))


@st.composite
def _lookups(
    draw: DrawFn, depth: int, kinds: Kinds, lookups: SearchStrategy[type[Layer]]
) -> Spec:
    kind = draw(lookups)
    shape = draw(_inputs(kind.__name__, kinds))
    table = draw(layer_of(kind, shape))
    out = table.output_shape(shape)
    rest = draw(chains(out, depth, kinds, most=2)) if readers(out, kinds) else []
    spec = Spec(draw(NAMES), shape, [table, *rest], input_dtype="int")
    around = holders(table, spec, kinds) if draw(FLAGS) else []
    first = draw(st.sampled_from(around)) if around else table
    return replace(spec, layers=[first, *rest])
