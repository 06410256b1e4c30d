"""Modules that tell positions apart, which PyTorch does not have.

An exported file carries those that it uses.
"""

import torch
from torch import Tensor, nn


class PositionEmbedding(nn.Module):
    """``x + weight``, the first rows of a learned table."""

    def __init__(self, positions: int, dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(positions, dim))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.weight[: x.shape[-2]]


class SinusoidalPosition(nn.Module):
    """Add sines in even columns and cosines in odd ones (Vaswani et al., 2017)."""

    table: Tensor

    def __init__(
        self,
        positions: int,
        dim: int,
        base: float = 10000.0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.base = base
        turns = angles(positions, dim, base)
        pairs = torch.stack([turns.sin(), turns.cos()], dim=-1).flatten(1)[:, :dim]
        self.register_buffer("table", pairs.to(dtype), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.table[: x.shape[-2]]


class ClassToken(nn.Module):
    """A learned position before all others."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(dim))

    def forward(self, x: Tensor) -> Tensor:
        token = self.weight.expand(*x.shape[:-2], 1, -1)
        return torch.cat([token, x], dim=-2)


def angles(positions: int, dim: int, base: float) -> Tensor:
    """``t * base^(-2i / dim)`` for position t and pair i, in float64."""
    rates = [base ** (-2 * i / dim) for i in range((dim + 1) // 2)]
    steps = torch.arange(positions, dtype=torch.float64)
    return torch.outer(steps, torch.tensor(rates, dtype=torch.float64))
