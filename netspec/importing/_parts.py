"""Parts of a spec on their way into it: layers with weights, and what holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from netspec.errors import SpecError
from netspec.importing._graph import Item, Join, Weight
from netspec.layers import Container, Layer, Shape, contained, joined, whole, wired

Module = tuple[str, ...]  # the components of a path


class Wire(NamedTuple):
    """What a branch of a graph reads.

    Attributes:
        name: of the branch.
        reads: names of branches before it, or ``"input"``.
        join: how several of them are joined.
    """

    name: str
    reads: tuple[str, ...]
    join: Join | None


@dataclass(frozen=True)
class Part:
    """A layer, or branches that read one value and are joined.

    Attributes:
        shape: of one example of its output.
        module: path of the smallest module that has all of it.
        plain: the layer; None for branches.
        weights: of the layer, by the name of the parameter.
        join: how the branches are joined.
        branches: parts in order; empty where a branch is the value itself.
        alike: whether the outputs of the branches have one shape.
        wires: what each branch reads, where they are a graph.
    """

    shape: Shape
    module: Module
    plain: Layer | None = None
    weights: Mapping[str, Weight] = field(default_factory=dict)
    join: Join | None = None
    branches: tuple[Parts, ...] = ()
    alike: bool = True
    wires: tuple[Wire, ...] = ()

    @cached_property
    def layer(self) -> Layer:
        """The layer, or the container without any names."""
        return self.plain or self.holding([layers_of(b) for b in self.branches])

    def holding(self, branches: Sequence[Sequence[Layer]]) -> Container:
        """Make the container with these layers in its branches."""
        if self.wires:
            held = zip(self.wires, branches, strict=True)
            return wired([(*wire[:2], *_how(wire.join), b) for wire, b in held])
        assert self.join is not None
        return contained(self.join.merge, self.join.axis, branches, self.alike)


Parts = tuple[Part, ...]


def _how(join: Join | None) -> tuple[str, int]:
    return ("concat", 1) if join is None else (join.merge, join.axis)


def layers_of(parts: Iterable[Part]) -> list[Layer]:
    return [part.layer for part in parts]


def leaf(item: Item, layer: Layer) -> Part:
    """Make the part of a value that a layer makes."""
    return Part(item.shape, path_of(item.module), layer, item.weights)


def path_of(module: str) -> Module:
    return tuple(module.split(".")) if module else ()


def common(paths: Iterable[Module]) -> Module:
    """Return what paths have in common, from their beginning."""
    found = list(paths)
    first, last = min(found), max(found)
    size = next(
        (i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b),
        min(len(first), len(last)),
    )
    return first[:size]


def forked(
    join: Join, source: Shape, branches: Sequence[Parts], module: Module
) -> Part:
    """Join branches that read one value: to the layer that they are together, or to a
    container. Of a sum of two, the longer is first.

    Args:
        join: how.
        source: shape of one example of the value.
        branches: parts in order; empty where a branch is the value itself.
        module: path of the module that joins them.

    Raises:
        SpecError: their outputs do not fit together.
    """
    shapes = [branch[-1].shape if branch else source for branch in branches]
    alike = len(set(shapes)) == 1
    ordered = [fused(branch, source) for branch in branches]
    if join.merge == "add" and alike and len(ordered) == 2:
        ordered.sort(key=len, reverse=True)
    inside = [part.module for branch in ordered for part in branch]
    path = common([module, *inside])
    made = Part(source, path, None, {}, join, tuple(ordered), alike)
    layers = [layers_of(branch) for branch in ordered]
    shape = made.holding(layers).join(source, shapes)
    one = whole(join.merge, layers, join.axis, source)
    if one is not None and one.output_shape(source) == shape:
        return Part(shape, path, one)
    return Part(shape, path, None, {}, join, tuple(ordered), alike)


LOOK_BACK = 3  # parts that may become one with the next


def fused(parts: Iterable[Part], source: Shape) -> Parts:
    """Replace neighbours that are one layer together.

    Args:
        parts: of a chain.
        source: shape of one example of what the chain reads.
    """
    done: list[Part] = []
    for part in parts:
        done.append(part)
        while found := joined(done[-1].layer, layers_of(done[-1 - LOOK_BACK : -1])):
            count, layer = found
            before, several = done[: -1 - count], done[-1 - count :]
            one = _one(several, layer, before[-1].shape if before else source)
            if one is None:
                break
            done = [*before, one]
    return tuple(done)


def _one(several: Sequence[Part], layer: Layer, source: Shape) -> Part | None:
    """Make the part of a layer that stands for several; None if it does not fit."""
    shape = several[-1].shape
    try:
        if layer.output_shape(source) != shape:
            return None
    except SpecError:  # as where the channels have been given an axis before
        return None
    weights = {k: weight for one in several for k, weight in one.weights.items()}
    return Part(shape, _owner([one.module for one in several]), layer, weights)


def _owner(paths: Sequence[Module]) -> Module:
    """Return the path of what several modules are together: one of them, where the
    others are the code around it.
    """
    deepest = max(paths, key=len)
    around = all(path == deepest[: len(path)] for path in paths)
    return deepest if around else common(paths)
