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


class Pad(nn.HybridBlock):
    """Values around all but the first two axes; `padding` is (before, after) for each
    axis, one after the other.
    """

    def __init__(
        self, *padding: int, mode: str = "constant", value: float = 0.0
    ) -> None:
        super().__init__()
        self.flat = len(padding) == 2  # MXNet pads images and volumes alone
        self.width = (0,) * (6 if self.flat else 4) + padding
        self.mode = mode
        self.value = value

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        x = F.expand_dims(x, 2) if self.flat else x
        how = {"mode": self.mode, "constant_value": self.value}
        y = F.pad(x, pad_width=self.width, **how)
        return F.squeeze(y, 2) if self.flat else y


class CircularPad(nn.HybridBlock):
    """All but the first two axes go on from the other end, each by (before, after)."""

    def __init__(self, *margins: tuple[int, int]) -> None:
        super().__init__()
        self.margins = margins

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        for axis, (before, after) in enumerate(self.margins, 2):
            parts = [x]
            if before:
                parts.insert(0, F.slice_axis(x, axis=axis, begin=-before, end=None))
            if after:
                parts.append(F.slice_axis(x, axis=axis, begin=0, end=after))
            x = F.concat(*parts, dim=axis)
        # oneDNN cannot cut a gradient that it holds in blocks; a slice of all unblocks
        return F.slice_axis(x, axis=0, begin=0, end=None)
