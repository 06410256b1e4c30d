"""Shrink a spec that fails: its structure, then its values, then its structure again.

Each step takes the first variant that is smaller and fails in the same way, until no
variant does. Most variants are edits of the document, so layers of a user's shrink as
ours do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from netspec.errors import NetspecError
from netspec.fuzzing._documents import (
    Document,
    chains_in,
    emptied,
    put,
    size,
    smaller,
    walk,
    without,
)
from netspec.layers import LAYERS
from netspec.spec import PlacedChain, Spec

Fails = Callable[[Spec], bool]

MOST_CALLS = 1000
NAME = "shrunk"


def shrink(spec: Spec, fails: Fails, most: int = MOST_CALLS) -> Spec:
    """Return the smallest variant of a spec that is found to fail.

    Args:
        spec: fails.
        fails: tells whether another does in the same way.
        most: calls of `fails`.
    """
    renamed = replace(spec, name=NAME)
    spec = renamed if fails(renamed) else spec
    tried = {spec.digest}
    for variants in (structures, values, structures):
        while found := _first(spec, variants(spec), fails, tried, most):
            spec = found
    return spec


def _first(
    spec: Spec,
    variants: Iterator[Document],
    fails: Fails,
    tried: set[str],
    most: int,
) -> Spec | None:
    """Find the first of these that is smaller, valid and new, and fails."""
    held = size(spec.to_dict())
    for document in variants:
        if len(tried) > most or size(document) >= held:
            continue
        try:
            variant = Spec.from_dict(document)
        except NetspecError:
            continue
        if variant.digest not in tried:
            tried.add(variant.digest)
            if fails(variant):
                return variant
    return None


def structures(spec: Spec) -> Iterator[Document]:
    """Yield variants with fewer layers, then with fewer names and initializers.

    First come pieces of a chain, the shortest first, which read what they read in the
    spec; then the spec without a layer, or with a container spliced open or emptied.
    """
    document = spec.to_dict()
    yield from _pieces(spec.graph, document)
    for path, chain in chains_in(document):
        for index, layer in enumerate(chain):
            before, after = chain[:index], chain[index + 1 :]
            yield put(document, path, [*before, *after])
            for _, inner in chains_in(layer):
                yield put(document, path, [*before, *inner, *after])
            yield put(document, path, [*before, emptied(layer), *after])
    yield from without(document, {"init", "name"})


def _pieces(graph: PlacedChain, document: Document) -> Iterator[Document]:
    pieces = []
    for chain in _chains(graph):
        ends = range(1, len(chain.nodes) + 1)
        pieces += [chain.nodes[start:end] for end in ends for start in range(end)]
    for nodes in sorted(pieces, key=len):
        layers = [LAYERS.encode(node.layer) for node in nodes]
        reads = nodes[0].input_kind
        yield {
            **{key: document[key] for key in ("netspec", "name")},
            "input_shape": [*nodes[0].input_shape],
            "layers": layers,
            **({"input_dtype": reads} if reads == "int" else {}),
        }


def values(spec: Spec) -> Iterator[Document]:
    """Yield variants with a field at its default, or with a smaller number."""
    document = spec.to_dict()
    yield from without(document)
    for path, value in walk(document):
        for less in smaller(value):
            yield put(document, path, less)
    shape = document["input_shape"]
    for axis in range(len(shape)):
        yield {**document, "input_shape": shape[:axis] + shape[axis + 1 :]}


def _chains(graph: PlacedChain) -> Iterator[PlacedChain]:
    yield graph
    for node in graph.walk():
        yield from node.branches
