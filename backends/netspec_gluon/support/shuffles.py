"""Blocks that change places of values. In a shape of `F.reshape`, 0 copies an axis, -2
all that are left, -3 joins two, and -4 splits one in two.
"""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

from mxnet.gluon import nn


class PixelUnshuffle2D(nn.HybridBlock):
    """Height and width moved into channels: the inverse of PixelShuffle2D."""

    def __init__(self, factor: int) -> None:
        super().__init__()
        self.factor = factor

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        x = F.reshape(x, (0, 0, -4, -1, self.factor, -4, -1, self.factor))
        x = F.transpose(x, (0, 1, 3, 5, 2, 4))
        return F.reshape(F.reshape(x, (0, -3, 0, 0, 0)), (0, -3, 0, 0))


class ChannelShuffle(nn.HybridBlock):
    """Channels dealt out to groups."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        x = F.reshape(x, (0, -4, self.groups, -1, -2))
        return F.reshape(F.swapaxes(x, 1, 2), (0, -3, -2))


class Roll(nn.HybridBlock):
    """Values moved along axes, from one end to the other.

    Args:
        moves: pairs of an axis and a positive shift that is smaller than its size.
    """

    def __init__(self, *moves: tuple[int, int]) -> None:
        super().__init__()
        self.moves = moves

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        for axis, shift in self.moves:
            last = F.slice_axis(x, axis=axis, begin=-shift, end=None)
            first = F.slice_axis(x, axis=axis, begin=0, end=-shift)
            x = F.concat(last, first, dim=axis)
        # oneDNN cannot cut a gradient that it holds in blocks; a slice of all unblocks
        return F.slice_axis(x, axis=0, begin=0, end=None)
