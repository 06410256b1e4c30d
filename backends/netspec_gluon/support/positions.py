"""Blocks that tell positions apart."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

import mxnet as mx
import numpy as np
from mxnet.gluon import nn


class PositionEmbedding(nn.HybridBlock):
    """``x + weight``, the first rows of a learned table; `shape`, such as (1,
    positions, channels), lets it broadcast.
    """

    def __init__(self, *shape: int) -> None:
        super().__init__()
        near_zero = mx.init.Normal(0.02)
        self.weight = self.params.get("weight", shape=shape, init=near_zero)

    def hybrid_forward(self, F: Any, x: Any, weight: Any) -> Any:
        return F.broadcast_add(x, F.slice_like(weight, x, axes=(-2,)))


class SinusoidalPosition(nn.HybridBlock):
    """Add sines in even columns and cosines in odd ones (Vaswani et al., 2017)."""

    def __init__(self, *shape: int, base: float = 10000.0) -> None:
        super().__init__()
        *_, positions, dim = shape
        turns = angles(positions, dim, base)
        pairs = np.stack([np.sin(turns), np.cos(turns)], axis=-1)
        table = pairs.reshape(positions, -1)[:, :dim].reshape(shape)
        self.beta = fixed(self, "beta", table)

    def hybrid_forward(self, F: Any, x: Any, beta: Any) -> Any:
        return F.broadcast_add(x, F.slice_like(beta, x, axes=(-2,)))


class ClassToken(nn.HybridBlock):
    """A learned position before all others; `shape`, such as (1, 1, channels), lets it
    broadcast.
    """

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.axis = len(shape) - 2
        self.weight = self.params.get("weight", shape=shape, init="zeros")

    def hybrid_forward(self, F: Any, x: Any, weight: Any) -> Any:
        first = F.slice_axis(x, axis=self.axis, begin=0, end=1)
        token = F.broadcast_add(F.zeros_like(first), weight)
        return F.concat(token, x, dim=self.axis)


def angles(positions: int, dim: int, base: float) -> np.ndarray:
    """``t * base^(-2i / dim)`` for position t and pair i, in float64."""
    rates = [base ** (-2 * i / dim) for i in range((dim + 1) // 2)]
    return np.outer(np.arange(positions, dtype=np.float64), rates)


class Table(mx.init.Initializer):
    """Values that are given, in the dtype that they are wanted in."""

    def __init__(self, values: np.ndarray) -> None:
        super().__init__()
        self.values = values

    def _init_weight(self, name: str, arr: Any) -> None:
        arr[:] = self.values


def fixed(block: nn.HybridBlock, name: str, values: np.ndarray) -> Any:
    """A scale or a shift, `gamma` or `beta`, that nothing trains."""
    how = {"shape": values.shape, "init": Table(values), "grad_req": "null"}
    return block.params.get(name, **how)
