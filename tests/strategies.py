"""Hypothesis strategies for valid layers and specs of small size.

`specs()` draws whole models, `layers(shape)` one layer that reads inputs of a shape,
and `layer_of(kind, shape)` one of a kind. All follow from what each layer declares: the
rules of its fields say what they hold, `output_shape` which shapes it reads, and its
cases in the catalog where to begin. A new layer needs no line here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice, product
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from netspec import layers as nl
from netspec.conformance.cases import single_layers
from netspec.declare import fields_of
from netspec.errors import SpecError
from netspec.layers import LAYERS, Container, Layer, Parametric, Shape
from netspec.spec import Spec
from tests.init.strategies import FLAGS, initializers, policies
from tests.rule_strategies import Place, Values, values

KINDS = tuple(
    LAYERS[name] for name in LAYERS if LAYERS[name].__module__.startswith("netspec.")
)
CONTAINERS = tuple(kind for kind in KINDS if issubclass(kind, Container))
LOOKUPS = tuple(kind for kind in KINDS if kind.reads == "int")
LEAVES = tuple(kind for kind in KINDS if kind not in (*CONTAINERS, *LOOKUPS))

CATALOG = tuple((spec.input_shape, spec.layers[0]) for spec in single_layers().values())
SHAPES = {len(shape): shape for shape, _ in CATALOG}  # one for each rank
RANKS = tuple(sorted(SHAPES))
SIZES = st.integers(1, 5)
MOST_STARTS, MOST_TRIES = 8, 100


def shapes(ranks: Sequence[int] = RANKS) -> SearchStrategy[Shape]:
    """Shapes of one example."""
    return st.one_of(*(st.tuples(*[SIZES] * rank) for rank in ranks))


def own_fields(kind: type[Layer]) -> dict[str, Any]:
    """The schema of each field that not every layer has."""
    fields = fields_of(kind).items()
    return {n: field.rule.schema for n, field in fields if n not in kind.trailing}


def fits(layer: Layer, shape: Shape) -> bool:
    """Whether a layer reads inputs of a shape."""
    try:
        if isinstance(layer, Container):
            output_shape([layer], shape)
        else:
            layer.output_shape(shape)
    except SpecError:
        return False
    return True


def output_shape(chain: Sequence[Layer], shape: Shape) -> Shape:
    return Spec("shapes", shape, chain).output_shape


def starts(kind: type[Layer], shape: Shape) -> tuple[Layer, ...]:
    """A few layers of a kind that read a shape: from the catalog or, where none of it
    does, with some values of its fields; none where the kind does not read it.
    """
    return _starts(kind.__name__, shape)


@cache
def _starts(name: str, shape: Shape) -> tuple[Layer, ...]:
    kind = LAYERS[name]
    known = (layer for _, layer in CATALOG if type(layer) is kind)
    found = tuple(layer for layer in known if fits(layer, shape))
    of_rank = SHAPES.get(len(shape), shape)
    if found or (shape != of_rank and not _starts(name, of_rank)):
        return found
    return _made(kind, Place(shape))


def _made(kind: type[Layer], place: Place) -> tuple[Layer, ...]:
    """Layers that fit, with some values of the required fields; where none does, of
    those and one other.
    """
    every = own_fields(kind)
    required = {n: every[n] for n in every if fields_of(kind)[n].required}
    chosen = [
        required,
        *({**required, n: every[n]} for n in every if n not in required),
    ]
    for schemas in chosen:
        tried = islice(_combined(kind, schemas, place), MOST_TRIES)
        found = (layer for layer in tried if layer and fits(layer, place.shape))
        if made := tuple(islice(found, MOST_STARTS)):
            return made
    return ()


def _combined(
    kind: type[Layer], schemas: Mapping[str, Any], place: Place
) -> Iterator[Layer | None]:
    some = [values(schema, place).some for schema in schemas.values()]
    for chosen in product(*some):
        yield _built(kind, dict(zip(schemas, chosen, strict=True)))


def _built(kind: type[Layer], fields: dict[str, Any]) -> Layer | None:
    try:
        return kind(**fields)
    except SpecError:
        return None


@cache
def readers(shape: Shape) -> tuple[type[Layer], ...]:
    """The kinds that read a shape, containers and look-ups left out."""
    return tuple(kind for kind in LEAVES if starts(kind, shape))


def layer_of(kind: type[Layer], shape: Shape, depth: int = 0) -> SearchStrategy[Layer]:
    """A layer of a kind that reads a shape; one that is a container holds others, at
    most `depth` deep.
    """
    if issubclass(kind, Container):
        return _containers(kind, shape, depth)
    return _varied(starts(kind, shape), Place(shape))


@st.composite
def _containers(draw: DrawFn, kind: type[Layer], shape: Shape, depth: int) -> Layer:
    first = draw(chains(shape, depth))
    place = Place(shape, Values((first,), twins(first, shape)))
    return draw(_varied(_made(kind, place), place))


@st.composite
def _varied(draw: DrawFn, found: Sequence[Layer], place: Place) -> Layer:
    """One of these layers, with other values of its fields as far as they fit."""
    layer = draw(st.sampled_from(found))
    schemas = own_fields(type(layer))
    for name in schemas:
        if draw(FLAGS):
            held = {other: getattr(layer, other) for other in schemas}
            held[name] = draw(values(schemas[name], place).any)
            changed = _built(type(layer), held)
            layer = changed if changed and fits(changed, place.shape) else layer
    return layer


@st.composite
def twins(draw: DrawFn, chain: list[Layer], shape: Shape) -> list[Layer]:
    """A chain with the output shape of another."""
    other = draw(chains(shape, 0))
    same = output_shape(other, shape) == output_shape(chain, shape)
    return other if same else [*chain, nl.Tanh()]


@st.composite
def leaves(draw: DrawFn, shape: Shape) -> Layer:
    """A layer that is no container."""
    layer = draw(layer_of(draw(st.sampled_from(readers(shape))), shape))
    if isinstance(layer, Parametric) and draw(st.integers(0, 3)) == 0:
        inits = {
            name: initializers(parameter)
            for name, parameter in layer.parameters(shape).items()
        }
        return replace(layer, init=draw(st.fixed_dictionaries({}, optional=inits)))
    return layer


@cache
def layers(shape: Shape, depth: int = 1) -> SearchStrategy[Layer]:
    """A layer that reads inputs of a shape; containers at most `depth` deep."""
    if depth == 0:
        return leaves(shape)
    nested = (layer_of(container, shape, depth - 1) for container in CONTAINERS)
    return st.one_of(leaves(shape), leaves(shape), *nested)


@st.composite
def chains(draw: DrawFn, shape: Shape, depth: int, most: int = 3) -> list[Layer]:
    """Layers one after another, some with names."""
    chain: list[Layer] = []
    for index in range(draw(st.integers(1, most))):
        layer = draw(layers(shape, depth))
        named = draw(st.integers(0, 3)) == 0
        chain.append(replace(layer, name=f"layer{index}") if named else layer)
        shape = output_shape([layer], shape)
    return chain


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")),
    min_size=1,
    max_size=20,
)


@st.composite
def specs(draw: DrawFn, depth: int = 1) -> Spec:
    """A whole model, reading floats or integers."""
    if draw(st.integers(0, 4)) == 0:
        spec = draw(_lookups(depth))
    else:
        shape = draw(shapes())
        spec = Spec(draw(NAMES), shape, draw(chains(shape, depth)))
    return replace(spec, init=draw(policies(spec)))


@st.composite
def _lookups(draw: DrawFn, depth: int) -> Spec:
    shape = draw(shapes(RANKS[:-1]))
    table = draw(layer_of(draw(st.sampled_from(LOOKUPS)), shape))
    rest = draw(chains(table.output_shape(shape), depth, most=2))
    first = nl.Sequential([table]) if draw(FLAGS) else table
    return Spec(draw(NAMES), shape, [first, *rest], input_dtype="int")
