"""Blocks that keep a part of the values."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

from mxnet.gluon import nn


class Slice(nn.HybridBlock):
    """Values along one axis, which is not negative, from `begin` to before `end`."""

    def __init__(
        self, axis: int, begin: int = 0, end: int | None = None, step: int = 1
    ) -> None:
        super().__init__()
        self.axis = axis
        self.begin = begin
        self.end = end
        self.step = step

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        if self.step == 1:
            # F.slice crashes behind a convolution: oneDNN holds channels in blocks
            return F.slice_axis(x, axis=self.axis, begin=self.begin, end=self.end)
        before = (None,) * self.axis
        begin, end, step = (*before, self.begin), (*before, self.end), self.step
        return F.slice(x, begin=begin, end=end, step=(*before, step))


class Select(nn.HybridBlock):
    """The values at one index of an axis, which goes."""

    def __init__(self, axis: int, index: int) -> None:
        super().__init__()
        self.axis = axis
        self.index = index

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        end = self.index + 1 or None  # -1 + 1 would be the beginning
        x = F.slice_axis(x, axis=self.axis, begin=self.index, end=end)
        return F.squeeze(x, self.axis)


class Crop(nn.HybridBlock):
    """All but the first two axes without their ends, each (before, after)."""

    def __init__(self, *margins: tuple[int, int]) -> None:
        super().__init__()
        self.begin = (None, None, *(before for before, _ in margins))
        self.end = (None, None, *(-after or None for _, after in margins))

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.slice(x, begin=self.begin, end=self.end)
