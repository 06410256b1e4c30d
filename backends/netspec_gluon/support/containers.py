"""Blocks made of blocks."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from functools import reduce
from typing import Any

from mxnet.gluon import nn
from mxnet.gluon.contrib.nn import HybridConcurrent

from netspec_gluon.support.reductions import largest


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


class Branches(nn.HybridSequential):
    """Branches that read the same input; `merge` joins their outputs."""

    def __init__(self, *branches: nn.HybridBlock) -> None:
        super().__init__()
        self.add(*branches)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return self.merge(F, [branch(x) for branch in self])


class BroadcastAdd(Branches):
    """Branches that read the same input, their outputs added; axes of 1 broadcast."""

    def merge(self, F: Any, outputs: list[Any]) -> Any:
        return reduce(F.broadcast_add, outputs)


class Multiply(Branches):
    """Branches that read the same input, their outputs multiplied."""

    def merge(self, F: Any, outputs: list[Any]) -> Any:
        return reduce(F.broadcast_mul, outputs)


class Subtract(Branches):
    """Two branches that read the same input, the second output taken from the first."""

    def merge(self, F: Any, outputs: list[Any]) -> Any:
        return F.broadcast_sub(*outputs)


class Maximum(Branches):
    """Branches that read the same input, of whose outputs the largest counts; equal
    ones share the gradient evenly.

    Args:
        branches: they give outputs of one shape, but for axes of 1.
        shape: of one example of the maximum, where axes of 1 broadcast.
    """

    def __init__(
        self, *branches: nn.HybridBlock, shape: tuple[int, ...] | None = None
    ) -> None:
        super().__init__(*branches)
        self.shape = shape

    def merge(self, F: Any, outputs: list[Any]) -> Any:
        if self.shape is not None:  # 0: as it is
            outputs = [F.broadcast_to(y, (0, *self.shape)) for y in outputs]
        return largest(F, F.stack(*outputs, axis=0), axis=0)


class MatMul(Branches):
    """Two branches that read the same input, their outputs multiplied as matrices.

    Args:
        branches: they give (*, n, k) and (*, k, m).
        rows: the sizes * of the product of one example, where axes of 1 broadcast.
    """

    def __init__(
        self, *branches: nn.HybridBlock, rows: tuple[int, ...] | None = None
    ) -> None:
        super().__init__(*branches)
        self.rows = rows

    def merge(self, F: Any, outputs: list[Any]) -> Any:
        if self.rows is not None:  # 0: as it is
            shape = (0, *self.rows, 0, 0)
            outputs = [F.broadcast_to(y, shape) for y in outputs]
        return F.linalg_gemm2(*outputs)


class Stack(Branches):
    """Branches that read the same input, their outputs along the new axis `axis`."""

    def __init__(self, *branches: nn.HybridBlock, axis: int = 1) -> None:
        super().__init__(*branches)
        self.axis = axis

    def merge(self, F: Any, outputs: list[Any]) -> Any:
        return F.stack(*outputs, axis=self.axis)
