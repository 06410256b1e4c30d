"""Multiplication and addition along axes."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

from mxnet.gluon import nn


class Rescale(nn.HybridBlock):
    """``x * scale + offset`` with constants: numbers, or one for each channel."""

    def __init__(
        self,
        scale: float | tuple[float, ...] = 1.0,
        offset: float | tuple[float, ...] = 0.0,
    ) -> None:
        super().__init__()
        self.scale = scale
        self.offset = offset

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return x * per_channel(F, self.scale, x) + per_channel(F, self.offset, x)


def per_channel(F: Any, values: float | tuple[float, ...], x: Any) -> Any:
    """Constants in the shape of x. A block's own would be parameters to load and save,
    and float32.
    """
    if isinstance(values, float):
        return values
    ones = F.ones_like(F.slice_axis(x, axis=1, begin=0, end=1))
    return F.concat(*[value * ones for value in values], dim=1)


class Scale(nn.HybridBlock):
    """``x * gamma + beta``; `shape`, such as (channels, 1, 1), lets them broadcast."""

    def __init__(self, *shape: int, center: bool = False) -> None:
        super().__init__()
        self.gamma = self.params.get("gamma", shape=shape, init="ones")
        if center:
            self.beta = self.params.get("beta", shape=shape, init="zeros")

    def hybrid_forward(self, F: Any, x: Any, gamma: Any, beta: Any = None) -> Any:
        y = F.broadcast_mul(x, gamma)
        return y if beta is None else F.broadcast_add(y, beta)
