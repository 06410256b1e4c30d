"""Blocks that move values without changing them."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

from mxnet.gluon import nn


class Identity(nn.HybridBlock):
    """``x``."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.identity(x)


class Reshape(nn.HybridBlock):
    """The values of each example under another shape."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.shape = shape

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.reshape(x, (0, *self.shape))  # 0: as it is


class Permute(nn.HybridBlock):
    """Axes in another order; `axes` lists all but the batch axis, which stays."""

    def __init__(self, *axes: int) -> None:
        super().__init__()
        self.axes = axes

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.transpose(x, (0, *self.axes))


class ZeroPad2D(nn.HybridBlock):
    """Zeros around the last two axes: `padding` is (top, bottom, left, right)."""

    def __init__(self, *padding: int) -> None:
        super().__init__()
        self.padding = padding

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.pad(x, mode="constant", pad_width=(0, 0, 0, 0, *self.padding))


class ZeroPad1D(ZeroPad2D):
    """Zeros around the last axis."""

    def __init__(self, left: int, right: int) -> None:
        super().__init__(0, 0, left, right)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.squeeze(super().hybrid_forward(F, F.expand_dims(x, 2)), 2)
