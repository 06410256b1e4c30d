"""Arrange layers as rows, and frameworks as columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from netspec.program.render import Listing
from netspec.spec import Placed, PlacedChain, Spec, label


class AlignedRow(NamedTuple):
    """One layer, with its source in each framework.

    Attributes:
        path: canonical path, such as ``"4.body.0"``.
        layer: as the spec has it.
        depth: number of containers that it is in.
        sources: by backend, the text of the exported file; comments are lines that
            start with ``#``.
    """

    path: str
    layer: str
    depth: int
    sources: Mapping[str, str]


@dataclass(frozen=True)
class Columns:
    """A model in several frameworks.

    Attributes:
        spec: the model.
        dtype: of the model.
        backends: names, one for each column.
        rows: one for each layer, containers before what they hold.
        first_weights: by backend, the statements that draw the first weights.
    """

    spec: Spec
    dtype: str
    backends: tuple[str, ...]
    rows: tuple[AlignedRow, ...]
    first_weights: Mapping[str, str]


def line_up(spec: Spec, dtype: str, listings: Mapping[str, Listing]) -> Columns:
    """Line up what several backends make of a model, layer by layer.

    Args:
        spec: the model.
        dtype: of the model.
        listings: by backend, in the order of the columns.
    """
    rows = tuple(_row(node, depth, listings) for node, depth in _walk(spec.graph))
    drawn = {name: listing.first_weights for name, listing in listings.items()}
    return Columns(spec, dtype, tuple(listings), rows, drawn)


def _walk(branch: PlacedChain, depth: int = 0) -> Iterator[tuple[Placed, int]]:
    for node in branch.nodes:
        yield node, depth
        for inner in node.branches:
            yield from _walk(inner, depth + 1)


def _row(node: Placed, depth: int, listings: Mapping[str, Listing]) -> AlignedRow:
    sources = {name: made.layers.get(node.path, "") for name, made in listings.items()}
    return AlignedRow(node.path, label(node.layer), depth, sources)
