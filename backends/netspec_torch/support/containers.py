"""Containers that PyTorch does not have.

An exported file carries those that it uses.
"""

# The call of a module is Any
# mypy: disable-error-code="no-any-return"

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn


class Residual(nn.Module):
    """``body(x) + shortcut(x)``; without a shortcut, ``body(x) + x``."""

    def __init__(self, body: nn.Module, shortcut: nn.Module | None = None) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        y = self.body(x)
        return y + (x if self.shortcut is None else self.shortcut(x))


class Concat(nn.ModuleList):
    """Branches that read the same input, their outputs concatenated along `dim`."""

    def __init__(self, branches: Iterable[nn.Module], dim: int = 1) -> None:
        super().__init__(branches)
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self], dim=self.dim)


class Add(nn.ModuleList):
    """Branches that read the same input, their outputs added."""

    def forward(self, x: Tensor) -> Tensor:
        first, *rest = (branch(x) for branch in self)
        return sum(rest, start=first)


class Multiply(nn.ModuleList):
    """Branches that read the same input, their outputs multiplied."""

    def forward(self, x: Tensor) -> Tensor:
        first, *rest = (branch(x) for branch in self)
        return math.prod(rest, start=first)


class Subtract(nn.ModuleList):
    """Two branches that read the same input, the second output taken from the first."""

    def forward(self, x: Tensor) -> Tensor:
        minuend, subtrahend = self
        return minuend(x) - subtrahend(x)


class Maximum(nn.ModuleList):
    """Branches that read the same input, of whose outputs the largest counts; equal
    ones share the gradient evenly.
    """

    def forward(self, x: Tensor) -> Tensor:
        outputs = torch.broadcast_tensors(*(branch(x) for branch in self))
        return torch.stack(outputs).amax(0)


class MatMul(nn.ModuleList):
    """Two branches that read the same input, their outputs multiplied as matrices."""

    def forward(self, x: Tensor) -> Tensor:
        left, right = self
        return left(x) @ right(x)


class Stack(nn.ModuleList):
    """Branches that read the same input, their outputs along the new axis `dim`."""

    def __init__(self, branches: Iterable[nn.Module], dim: int = 1) -> None:
        super().__init__(branches)
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([branch(x) for branch in self], dim=self.dim)
