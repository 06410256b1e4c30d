"""A graph of blocks, each with what it reads, and how several of these are merged.

An exported file has a class of its own for each graph instead.
"""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from collections.abc import Callable
from functools import partial, reduce
from typing import Any

from mxnet.gluon import nn

from netspec_gluon.support.reductions import largest

Merge = Callable[..., Any]


def concat(F: Any, *values: Any, axis: int) -> Any:
    """The values concatenated along an axis."""
    return F.concat(*values, dim=axis)


def narrow_concat(F: Any, *values: Any) -> Any:
    """Images concatenated, with any numbers of channels.

    Where those are not multiples of 16, oneDNN's backward pass may crash: it cannot cut
    a float32 gradient that it holds in blocks of channels. A slice of all unblocks it.
    """
    return F.slice_axis(F.concat(*values, dim=1), axis=0, begin=0, end=None)


def stack(F: Any, *values: Any, axis: int) -> Any:
    """The values along a new axis."""
    return F.stack(*values, axis=axis)


def add(F: Any, *values: Any) -> Any:
    """The sum of values of one shape."""
    return F.add_n(*values)


def broadcast_add(F: Any, *values: Any) -> Any:
    """The sum of the values; axes of 1 broadcast."""
    return reduce(F.broadcast_add, values)


def multiply(F: Any, *values: Any) -> Any:
    """The product of the values; axes of 1 broadcast."""
    return reduce(F.broadcast_mul, values)


def subtract(F: Any, *values: Any) -> Any:
    """The second value taken from the first; axes of 1 broadcast."""
    return F.broadcast_sub(*values)


def maximum(F: Any, *values: Any, shape: tuple[int, ...] | None = None) -> Any:
    """The largest of the values; equal ones share the gradient evenly.

    Args:
        F: MXNet's operators.
        values: of one shape, but for axes of 1.
        shape: of one example of the maximum, where axes of 1 broadcast.
    """
    if shape is not None:  # 0: as it is
        values = tuple(F.broadcast_to(y, (0, *shape)) for y in values)
    return largest(F, F.stack(*values, axis=0), axis=0)


def matmul(F: Any, *values: Any, rows: tuple[int, ...] | None = None) -> Any:
    """The product of two values as matrices.

    Args:
        F: MXNet's operators.
        values: (*, n, k) and (*, k, m).
        rows: the sizes * of the product of one example, where axes of 1 broadcast.
    """
    if rows is not None:  # 0: as it is
        values = tuple(F.broadcast_to(y, (0, *rows, 0, 0)) for y in values)
    return F.linalg_gemm2(*values)


def merged(function: Merge, **options: Any) -> Merge:
    """A merge with its options."""
    return partial(function, **options)


class Graph(nn.HybridBlock):
    """Blocks that read each other; the last one gives the output.

    Args:
        nodes: name, block, names of what it reads (``"input"`` is what the graph
            reads), and how several of these are merged.
    """

    def __init__(
        self, *nodes: tuple[str, nn.HybridBlock, tuple[str, ...], Merge]
    ) -> None:
        super().__init__()
        self._wires = []
        for name, block, reads, merge in nodes:
            setattr(self, name, block)
            self._wires.append((name, reads, merge))

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        values = {"input": x}
        for name, reads, merge in self._wires:
            read = [values[key] for key in reads]
            x = read[0] if len(read) == 1 else merge(F, *read)
            values[name] = x = getattr(self, name)(x)
        return x
