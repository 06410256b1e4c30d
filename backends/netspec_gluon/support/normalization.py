"""Normalizations, and dropout."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

from mxnet.gluon import nn


class BatchNorm1D(nn.BatchNorm):
    """BatchNorm of (batch, channels, width), as an image of width 1. Otherwise oneDNN
    fails beside a Conv1D where channels are a multiple of 8.
    """

    def hybrid_forward(self, F: Any, x: Any, *parameters: Any, **named: Any) -> Any:
        image = F.expand_dims(x, axis=3)
        return F.squeeze(super().hybrid_forward(F, image, *parameters, **named), axis=3)


class BatchNorm3D(nn.BatchNorm):
    """BatchNorm of (batch, channels, depth, height, width), as an image of depth rows.
    Otherwise oneDNN fails beside a Conv3D where channels are a multiple of 8.
    """

    def hybrid_forward(self, F: Any, x: Any, *parameters: Any, **named: Any) -> Any:
        image = F.reshape(x, (0, 0, 0, -1))
        y = super().hybrid_forward(F, image, *parameters, **named)
        return F.reshape_like(y, x)


class BatchStatisticsNorm(nn.HybridBlock):
    """BatchNorm by the statistics of the batch in evaluation, too. `shape`,
    (channels, 1, ...), lets scale and shift broadcast.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        epsilon: float = 1e-5,
        center: bool = True,
        scale: bool = True,
    ) -> None:
        super().__init__()
        self.epsilon = epsilon
        if scale:
            self.gamma = self.params.get("gamma", shape=shape, init="ones")
        if center:
            self.beta = self.params.get("beta", shape=shape, init="zeros")

    def hybrid_forward(
        self, F: Any, x: Any, gamma: Any = None, beta: Any = None
    ) -> Any:
        others = {"axis": 1, "exclude": True, "keepdims": True}
        centered = F.broadcast_sub(x, F.mean(x, **others))
        variance = F.mean(F.square(centered), **others)
        y = F.broadcast_mul(centered, F.rsqrt(variance + self.epsilon))
        y = y if gamma is None else F.broadcast_mul(y, gamma)
        return y if beta is None else F.broadcast_add(y, beta)


class LayerNorm(nn.LayerNorm):
    """LayerNorm over all axes after the first `leading_axes`."""

    def __init__(
        self,
        leading_axes: int,
        epsilon: float = 1e-5,
        center: bool = True,
        scale: bool = True,
        in_channels: int = 0,
    ) -> None:
        super().__init__(-1, epsilon, center, scale, in_channels=in_channels)
        self.leading_axes = leading_axes

    def hybrid_forward(self, F: Any, data: Any, gamma: Any, beta: Any) -> Any:
        rows = F.reshape(data, (*[0] * self.leading_axes, -1))
        normalized = super().hybrid_forward(F, rows, gamma, beta)
        return F.reshape_like(normalized, data)


class RMSNorm(nn.HybridBlock):
    """``x / sqrt(mean(x^2) + epsilon) * gamma`` over the last axes, of these sizes."""

    def __init__(self, *sizes: int, epsilon: float = 1e-6, scale: bool = True) -> None:
        super().__init__()
        self.axes = tuple(range(-len(sizes), 0))
        self.epsilon = epsilon
        if scale:
            self.gamma = self.params.get("gamma", shape=sizes, init="ones")

    def hybrid_forward(self, F: Any, x: Any, gamma: Any = None) -> Any:
        square = F.mean(F.square(x), axis=self.axes, keepdims=True)
        y = F.broadcast_mul(x, F.rsqrt(square + self.epsilon))
        return y if gamma is None else F.broadcast_mul(y, gamma)


class GroupNorm(nn.HybridBlock):
    """GroupNorm with a scale and a shift for each channel; those of `nn.GroupNorm` are
    for each group. `shape`, (channels, 1, ...), lets them broadcast.
    """

    def __init__(
        self,
        num_groups: int,
        shape: tuple[int, ...],
        epsilon: float = 1e-5,
        center: bool = True,
        scale: bool = True,
    ) -> None:
        super().__init__()
        self.num_groups = num_groups
        self.epsilon = epsilon
        if scale:
            self.gamma = self.params.get("gamma", shape=shape, init="ones")
        if center:
            self.beta = self.params.get("beta", shape=shape, init="zeros")

    def hybrid_forward(
        self, F: Any, x: Any, gamma: Any = None, beta: Any = None
    ) -> Any:
        groups = F.reshape(x, (0, self.num_groups, -1))
        centered = F.broadcast_sub(groups, F.mean(groups, axis=2, keepdims=True))
        variance = F.mean(F.square(centered), axis=2, keepdims=True)
        y = F.broadcast_mul(centered, F.rsqrt(variance + self.epsilon))
        y = F.reshape_like(y, x)
        y = y if gamma is None else F.broadcast_mul(y, gamma)
        return y if beta is None else F.broadcast_add(y, beta)
