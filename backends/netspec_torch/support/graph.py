"""A graph of modules, each with what it reads, and how several of these are merged.

An exported file has a class of its own for each graph instead.
"""

# The call of a module is Any
# mypy: disable-error-code="no-any-return"

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

Merge = Callable[[list[Tensor], int], Tensor]


def concat(values: list[Tensor], dim: int) -> Tensor:
    """The values concatenated along an axis."""
    return torch.cat(values, dim=dim)


def stack(values: list[Tensor], dim: int) -> Tensor:
    """The values along a new axis."""
    return torch.stack(values, dim=dim)


def add(values: list[Tensor], dim: int) -> Tensor:
    """The sum of the values."""
    return sum(values[1:], start=values[0])


def multiply(values: list[Tensor], dim: int) -> Tensor:
    """The product of the values."""
    return math.prod(values[1:], start=values[0])


def subtract(values: list[Tensor], dim: int) -> Tensor:
    """The second value taken from the first."""
    return values[0] - values[1]


def maximum(values: list[Tensor], dim: int) -> Tensor:
    """The largest of the values; equal ones share the gradient evenly."""
    return torch.stack(torch.broadcast_tensors(*values)).amax(0)


def matmul(values: list[Tensor], dim: int) -> Tensor:
    """The product of two values as matrices."""
    return values[0] @ values[1]


class Graph(nn.Module):
    """Modules that read each other; the last one gives the output.

    Args:
        nodes: name, module, names of what it reads (``"input"`` is what the graph
            reads), how several of these are merged, and along which axis.
    """

    def __init__(
        self, nodes: Iterable[tuple[str, nn.Module, tuple[str, ...], Merge, int]]
    ) -> None:
        super().__init__()
        self._wires = []
        for name, module, reads, merge, dim in nodes:
            self.add_module(name, module)
            self._wires.append((name, reads, merge, dim))

    def forward(self, x: Tensor) -> Tensor:
        values = {"input": x}
        for name, reads, merge, dim in self._wires:
            read = [values[key] for key in reads]
            x = read[0] if len(read) == 1 else merge(read, dim)
            values[name] = x = getattr(self, name)(x)
        return x
