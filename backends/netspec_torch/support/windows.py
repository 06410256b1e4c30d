"""Convolutions and means whose padding PyTorch does not take.

An exported file carries those that it uses.
"""

# The call of a module is Any
# mypy: disable-error-code="no-any-return"

from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

Sizes = Any  # one, or one for each axis


class PaddedConv1d(nn.Conv1d):
    """nn.Conv1d that reads zeros around its input: `margins` are (left, right)."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        margins: tuple[int, ...],
        stride: Sizes = 1,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, 0, dilation, groups, bias
        )
        self.margins = margins

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(F.pad(x, self.margins))


class PaddedConv2d(nn.Conv2d):
    """nn.Conv2d that reads zeros around its input: `margins` are (left, right, top,
    bottom).
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        margins: tuple[int, ...],
        stride: Sizes = 1,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, 0, dilation, groups, bias
        )
        self.margins = margins

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(F.pad(x, self.margins))


class PaddedConv3d(nn.Conv3d):
    """nn.Conv3d that reads zeros around its input: `margins` are (left, right, top,
    bottom, front, back).
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        margins: tuple[int, ...],
        stride: Sizes = 1,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, 0, dilation, groups, bias
        )
        self.margins = margins

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(F.pad(x, self.margins))


class PaddedAvgPool(nn.Module):
    """The mean of each window of zeros around the input, of which some count.

    Args:
        pool: nn.AvgPool1d, nn.AvgPool2d or nn.AvgPool3d, without padding.
        margins: of zeros, (before, after) the last axis, then the one before it.
        counted: how many of them the mean counts, as positions of the input.
    """

    def __init__(
        self, pool: nn.Module, margins: tuple[int, ...], counted: tuple[int, ...]
    ) -> None:
        super().__init__()
        self.pool = pool
        self.counted = counted
        self.margins = margins
        self.rest = tuple(m - c for m, c in zip(margins, counted, strict=True))

    def forward(self, x: Tensor) -> Tensor:
        inside = F.pad(x.new_ones(1, 1, *x.shape[2:]), self.counted, value=1.0)
        share = self.pool(F.pad(inside, self.rest))
        return self.pool(F.pad(x, self.margins)) / share
