"""Kinds of layers, and a few layers of each from which drawing begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice, product
from typing import Any

from netspec.conformance.cases import single_layers
from netspec.declare import fields_of
from netspec.errors import SpecError
from netspec.fuzzing.strategies._values import Place, values
from netspec.layers import INPUT, LAYERS, Container, Layer, Shape, merged
from netspec.spec import Spec, gather

CATALOG = tuple((spec.input_shape, spec.layers[0]) for spec in single_layers().values())
SHAPES = {len(shape): shape for shape, _ in CATALOG}  # one for each rank
MOST_STARTS, MOST_TRIES = 8, 100


@dataclass(frozen=True, eq=False)  # what is drawn of them is cached by identity
class Kinds:
    """The kinds of layers that are drawn.

    Attributes:
        leaves: what reads floats and holds no layers.
        containers: what holds layers.
        lookups: what reads integers.
        barred: names of kinds, and ranks of inputs that they are not to be given.
    """

    leaves: tuple[type[Layer], ...]
    containers: tuple[type[Layer], ...] = ()
    lookups: tuple[type[Layer], ...] = ()
    barred: frozenset[tuple[str, int]] = frozenset()


def sort_kinds(
    kinds: Iterable[type[Layer]], barred: Iterable[tuple[str, int]] = ()
) -> Kinds:
    """Sort kinds of layers by how they are drawn."""
    listed = tuple(kinds)
    containers = tuple(kind for kind in listed if issubclass(kind, Container))
    lookups = tuple(kind for kind in listed if kind.reads == "int")
    leaves = (kind for kind in listed if kind not in (*containers, *lookups))
    return Kinds(tuple(leaves), containers, lookups, frozenset(barred))


KINDS = tuple(
    LAYERS[name] for name in LAYERS if LAYERS[name].__module__.startswith("netspec.")
)
OWN = sort_kinds(KINDS)


def own_fields(kind: type[Layer]) -> dict[str, Any]:
    """Return the schema of each field that not every layer has."""
    fields = fields_of(kind).items()
    return {n: field.rule.schema for n, field in fields if n not in kind.trailing}


def _required(kind: type[Layer]) -> list[str]:
    return [name for name, field in fields_of(kind).items() if field.required]


def output_shape(chain: Sequence[Layer], shape: Shape) -> Shape:
    """Return what a chain makes of one example of a shape."""
    for layer in chain:
        if isinstance(layer, Container):
            shapes: dict[str | None, Shape] = {INPUT: shape}
            for inner in layer.chains():
                read = gather(inner, shapes, merged)
                shapes[inner.key] = output_shape(inner.layers, read)
            shape = layer.join(shape, [shapes[key] for key in layer.joined()])
        else:
            shape = layer.output_shape(shape)
    return shape


def fits(layer: Layer, shape: Shape) -> bool:
    """Tell whether a layer reads inputs of a shape; one of a user's may raise anything
    where it does not.
    """
    try:
        output_shape([layer], shape)
        layer.parameters(shape)
    except Exception:
        return False
    return True


def starts(kind: type[Layer], shape: Shape) -> tuple[Layer, ...]:
    """List a few layers of a kind that read a shape: from the catalog or, where none of
    it does, with some values of its fields; none where the kind does not read it.
    """
    return _starts(kind.__name__, shape)


@cache
def _starts(name: str, shape: Shape) -> tuple[Layer, ...]:
    kind = LAYERS[name]
    found = tuple(layer for layer in _cases().get(name, ()) if fits(layer, shape))
    of_rank = SHAPES.get(len(shape))
    if found or of_rank is None or (shape != of_rank and not _starts(name, of_rank)):
        return found
    return made(kind, Place(shape))


@cache
def _cases() -> dict[str, list[Layer]]:
    """Group the layers of the catalog by kind."""
    found: dict[str, list[Layer]] = {}
    for _, layer in CATALOG:
        found.setdefault(type(layer).__name__, []).append(layer)
    return found


def made(kind: type[Layer], place: Place) -> tuple[Layer, ...]:
    """List layers that fit, with some values of the required fields; where none does,
    of those and one other.
    """
    every = own_fields(kind)
    required = {n: every[n] for n in _required(kind)}
    chosen = [
        required,
        *({**required, n: every[n]} for n in every if n not in required),
    ]
    for schemas in chosen:
        tried = islice(_combined(kind, schemas, place), MOST_TRIES)
        found = (layer for layer in tried if layer and fits(layer, place.shape))
        if some := tuple(islice(found, MOST_STARTS)):
            return some
    return ()


def _combined(
    kind: type[Layer], schemas: Mapping[str, Any], place: Place
) -> Iterator[Layer | None]:
    some = [values(schema, place).some for schema in schemas.values()]
    for chosen in product(*some):
        yield built(kind, dict(zip(schemas, chosen, strict=True)))


def built(kind: type[Layer], fields: dict[str, Any]) -> Layer | None:
    """Build a layer; None where its fields do not go together."""
    try:
        return kind(**fields)
    except SpecError:
        return None


@cache
def readers(shape: Shape, kinds: Kinds = OWN) -> tuple[type[Layer], ...]:
    """List the kinds that read a shape, containers and look-ups left out."""
    return tuple(kind for kind in kinds.leaves if reads(kind, shape, kinds))


def reads(kind: type[Layer], shape: Shape, kinds: Kinds = OWN) -> bool:
    """Tell whether a kind reads a shape, and may be given it."""
    barred = (kind.__name__, len(shape)) in kinds.barred
    return not barred and bool(starts(kind, shape))


@cache
def keepers(shape: Shape, kinds: Kinds = OWN) -> tuple[Layer, ...]:
    """List layers without options, one of a kind, that keep a shape."""
    plain = (kind for kind in readers(shape, kinds) if not _required(kind))
    found = (built(kind, {}) for kind in plain)
    return tuple(layer for layer in found if layer and keeps(layer, shape))


def keeps(layer: Layer, shape: Shape) -> bool:
    """Tell whether a layer reads a shape, and gives it again."""
    return fits(layer, shape) and output_shape([layer], shape) == shape


def holders(layer: Layer, spec: Spec, kinds: Kinds) -> list[Layer]:
    """List containers that hold a layer alone, and read what a spec reads."""
    found = []
    for kind in kinds.containers:
        holder = built(kind, {name: [layer] for name in _required(kind)})
        try:
            found += [replace(spec, layers=[holder]).layers[0]] if holder else []
        except SpecError:
            continue
    return found
