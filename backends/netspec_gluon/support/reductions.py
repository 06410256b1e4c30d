"""Reductions with the derivatives that MXNet's own do not have."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

from mxnet.gluon import nn


def largest(F: Any, x: Any, **axes: Any) -> Any:
    """The largest values along axes; equal ones share the gradient evenly, of which
    each gets all from `F.max`.
    """
    wins = F.broadcast_equal(x, F.max(x, **{**axes, "keepdims": True}))
    count = F.sum(wins, **{**axes, "keepdims": True})
    share = F.BlockGrad(F.broadcast_div(wins, count))
    return F.sum(F.where(wins, x * share, F.zeros_like(x)), **axes)


class Reduction(nn.HybridBlock):
    """What reduces axes, by `reduce`."""

    def __init__(self, axes: tuple[int, ...], keepdims: bool = False) -> None:
        super().__init__()
        self.axes = axes
        self.keepdims = keepdims

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return self.reduce(F, x, axis=self.axes, keepdims=self.keepdims)


class Mean(Reduction):
    """The mean along axes."""

    def reduce(self, F: Any, x: Any, **axes: Any) -> Any:
        return F.mean(x, **axes)


class Sum(Reduction):
    """The sum along axes."""

    def reduce(self, F: Any, x: Any, **axes: Any) -> Any:
        return F.sum(x, **axes)


class Max(Reduction):
    """The largest value along axes; equal ones share the gradient evenly."""

    def reduce(self, F: Any, x: Any, **axes: Any) -> Any:
        return largest(F, x, **axes)


class Min(Reduction):
    """The smallest value along axes; equal ones share the gradient evenly."""

    def reduce(self, F: Any, x: Any, **axes: Any) -> Any:
        return -largest(F, -x, **axes)


class L2Norm(Reduction):
    """The root of the sum of squares; its gradient at 0 is 0, not NaN."""

    def reduce(self, F: Any, x: Any, **axes: Any) -> Any:
        squares = F.sum(F.square(x), **axes)
        safe = F.where(squares > 0, squares, F.ones_like(squares))
        return F.where(squares > 0, F.sqrt(safe), squares)
