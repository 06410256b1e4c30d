"""Layers and chains in their places in a spec, with paths, shapes and parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from netspec.declare import FrozenDict
from netspec.init import DrawnParameter
from netspec.layers import INPUT, Chain, Layer, Shape

T = TypeVar("T")

UNTIED: FrozenDict[str, str] = FrozenDict()


class Signal(NamedTuple):
    """Shape of one example, and its kind of numbers: "float" or "int"."""

    shape: Shape
    kind: str


@dataclass(frozen=True)
class Placed:
    """A layer at its position in a model, with its path, shapes and parameters.

    Attributes:
        path: canonical path, such as ``"4.body.0"``.
        layer: the layer.
        input_shape: of one example.
        output_shape: of one example.
        parameters: by name; their initializers are resolved.
        branches: the chains of a container; empty for other layers.
        input_kind: of the numbers that it reads, ``"float"`` or ``"int"``.
        output_kind: of those that it gives.
        tied: by the name of each parameter that is another's, the path of the owner.
    """

    path: str
    layer: Layer
    input_shape: Shape
    output_shape: Shape
    parameters: Mapping[str, DrawnParameter]
    branches: tuple[PlacedChain, ...] = ()
    input_kind: str = "float"
    output_kind: str = "float"
    tied: FrozenDict[str, str] = UNTIED

    @property
    def own(self) -> dict[str, DrawnParameter]:
        """The parameters that are not another's, by name."""
        return {n: p for n, p in self.parameters.items() if n not in self.tied}

    @property
    def key(self) -> str:
        """The last component of the path."""
        return self.path.rpartition(".")[2]

    def walk(self) -> Iterator[Placed]:
        """Yield this layer, then all layers inside it, in order."""
        yield self
        for branch in self.branches:
            yield from branch.walk()


@dataclass(frozen=True)
class PlacedChain:
    """A chain of layers at its position in a model.

    Attributes:
        key: the component that the chain adds to the paths of its layers; None if it
            adds none.
        nodes: the layers in order.
        reads: keys of what it reads: chains before it in its container, or ``"input"``.
        merge: how several of them become one input, as in `Parallel`.
        axis: of the merge.
    """

    key: str | None
    nodes: tuple[Placed, ...]
    reads: tuple[str, ...] = (INPUT,)
    merge: str | None = None
    axis: int = 1

    @property
    def input_shape(self) -> Shape:
        return self.nodes[0].input_shape

    @property
    def output_shape(self) -> Shape:
        return self.nodes[-1].output_shape

    @property
    def output(self) -> Signal:
        """Shape and kind of what it gives."""
        return Signal(self.nodes[-1].output_shape, self.nodes[-1].output_kind)

    def walk(self) -> Iterator[Placed]:
        """Yield every layer, containers before their content."""
        for node in self.nodes:
            yield from node.walk()


def gather(
    chain: Chain | PlacedChain,
    values: Mapping[str | None, T],
    merge: Callable[[str, int, Sequence[T]], T],
) -> T:
    """Return what a chain reads.

    Args:
        chain: says what it reads.
        values: by key, that of the container's input and those of the chains before.
        merge: makes one of several; told the name of the merge and its axis.
    """
    read = [values[key] for key in chain.reads]
    return read[0] if len(read) == 1 else merge(chain.merge or "", chain.axis, read)


def join_path(path: str, key: str | None) -> str:
    """Append a component to a canonical path; None appends nothing."""
    return path if key is None else f"{path}.{key}"
