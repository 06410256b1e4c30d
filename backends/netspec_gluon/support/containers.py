"""Blocks made of blocks."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

from mxnet.gluon import nn
from mxnet.gluon.contrib.nn import HybridConcurrent


def sequential(*blocks: nn.HybridBlock) -> nn.HybridSequential:
    """Blocks, one after another."""
    net = nn.HybridSequential()
    net.add(*blocks)
    return net


def named(*blocks: tuple[str, nn.HybridBlock]) -> nn.HybridSequential:
    """Blocks, one after another, each an attribute of the network by its name."""
    net = nn.HybridSequential()
    for name, block in blocks:
        setattr(net, name, block)
    return net


def double(net: nn.HybridSequential) -> nn.HybridSequential:
    """The network in float64."""
    net.cast("float64")
    return net


class Residual(nn.HybridBlock):
    """``body(x) + shortcut(x)``; without a shortcut, ``body(x) + x``."""

    def __init__(
        self, body: nn.HybridBlock, shortcut: nn.HybridBlock | None = None
    ) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return self.body(x) + (x if self.shortcut is None else self.shortcut(x))


class Concat(HybridConcurrent):
    """Branches that read the same input, their outputs concatenated along `axis`."""

    def __init__(self, *branches: nn.HybridBlock, axis: int = 1) -> None:
        super().__init__(axis)
        self.add(*branches)


class NarrowConcat(Concat):
    """Concat of images with any numbers of channels.

    Where those are not multiples of 16, oneDNN's backward pass may crash: it cannot cut
    a float32 gradient that it holds in blocks of channels. A slice of all unblocks it.
    """

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        y = super().hybrid_forward(F, x)
        return F.slice_axis(y, axis=0, begin=0, end=None)


class Add(nn.HybridSequential):
    """Branches that read the same input, their outputs added."""

    def __init__(self, *branches: nn.HybridBlock) -> None:
        super().__init__()
        self.add(*branches)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.add_n(*(branch(x) for branch in self))
