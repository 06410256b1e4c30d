"""A graph of layers, each with what it reads, and how several of these are merged."""

from collections.abc import Callable, Sequence
from typing import Any

from flax import nnx
from jax import Array

Merge = Callable[[Sequence[Array]], Array]


class Graph(nnx.Module):
    """Layers that read each other; the last one gives the output. An exported file has
    a class of its own for each graph instead.

    Args:
        nodes: name, layer, names of what it reads (``"input"`` is what the graph
            reads), and how several of these are merged.
    """

    def __init__(
        self, *nodes: tuple[str, Callable[..., Any], tuple[str, ...], Merge]
    ) -> None:
        self.wires = tuple((name, reads, merge) for name, _, reads, merge in nodes)
        for name, layer, *_ in nodes:
            setattr(self, name, layer)

    def __call__(self, x: Array) -> Array:
        values = {"input": x}
        for name, reads, merge in self.wires:
            read = [values[key] for key in reads]
            x = read[0] if len(read) == 1 else merge(read)
            values[name] = x = getattr(self, name)(x)
        return x
