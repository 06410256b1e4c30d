"""Modules that scale and shift by constants, or by what is learned.

An exported file carries those that it uses.
"""

# The call of a module is Any
# mypy: disable-error-code="no-any-return"

import torch
from torch import Tensor, nn


class Rescale(nn.Module):
    """``x * scale + offset`` with constants: numbers, or one for each channel."""

    def __init__(
        self,
        scale: float | tuple[float, ...] = 1.0,
        offset: float | tuple[float, ...] = 0.0,
    ) -> None:
        super().__init__()
        self.scale = scale
        self.offset = offset

    def forward(self, x: Tensor) -> Tensor:
        return x * per_channel(self.scale, x) + per_channel(self.offset, x)


def per_channel(values: float | tuple[float, ...], x: Tensor) -> float | Tensor:
    """Constants that broadcast along axis 1 of x, in its dtype and where it is."""
    if isinstance(values, float):
        return values
    return x.new_tensor(values).view(-1, *[1] * (x.dim() - 2))


class Scale(nn.Module):
    """``x * weight + bias`` along axes of these sizes."""

    def __init__(
        self, *sizes: int, axes: tuple[int, ...] = (1,), bias: bool = False
    ) -> None:
        super().__init__()
        self.axes = axes
        self.weight = nn.Parameter(torch.ones(sizes))
        self.bias = nn.Parameter(torch.zeros(sizes)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        shape = [n if axis in self.axes else 1 for axis, n in enumerate(x.shape)]
        y = x * self.weight.view(shape)
        return y if self.bias is None else y + self.bias.view(shape)
