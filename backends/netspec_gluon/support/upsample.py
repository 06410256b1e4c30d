"""Resizing of positions, for which Gluon has no blocks."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

from mxnet.gluon import nn


class Nearest2D(nn.HybridBlock):
    """Height and width times a whole number."""

    def __init__(self, scale: int) -> None:
        super().__init__()
        self.scale = scale

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.UpSampling(x, scale=self.scale, sample_type="nearest")


class Resized(nn.HybridBlock):
    """What resizes one axis after the other."""

    def __init__(self, *size: int, in_size: tuple[int, ...]) -> None:
        super().__init__()
        self.size = size
        self.in_size = in_size

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        for axis, (n, m) in enumerate(zip(self.in_size, self.size, strict=True), 2):
            x = self.along(F, x, axis, n, m) if n != m else x
        return x


class Nearest(Resized):
    """Position floor(i n / m) of n for each output i of m. `F.UpSampling` reads images
    alone, and has one factor for both axes.
    """

    def along(self, F: Any, x: Any, axis: int, n: int, m: int) -> Any:
        if m % n == 0:
            return F.repeat(x, repeats=m // n, axis=axis)
        # Whole numbers, and the floors of their quotients, are exact in float32
        index = F.floor(F.arange(0, m) * n / m)
        return F.take(x, index, axis=axis)


class Linear(Resized):
    """The two positions around that of each output, by what lies between. In
    `F.contrib.BilinearResize2D` what lies between is float32, whatever the dtype, and
    an axis of size 1 comes out wrong.
    """

    def __init__(
        self, *size: int, in_size: tuple[int, ...], align_corners: bool = False
    ) -> None:
        super().__init__(*size, in_size=in_size)
        self.align_corners = align_corners

    def along(self, F: Any, x: Any, axis: int, n: int, m: int) -> Any:
        # Of output i the position is (i * step + start) / below
        step, start, below = 2 * n, n - m, 2 * m
        if self.align_corners:
            step, start, below = n - 1, 0, max(m - 1, 1)

        def above(index: Any) -> Any:
            return F.maximum(index * step + start, 0)

        def first(index: Any) -> Any:  # exact, as the index of Nearest is
            return F.floor(above(index) / below)

        taken = first(F.arange(0, m))
        low, high = (F.take(x, taken + more, axis=axis) for more in (0, 1))
        index = F.contrib.arange_like(low, axis=axis)  # in the dtype of x
        share = (above(index) - first(index) * below) / below
        broadcast = (1,) * axis + (-1,) + (1,) * (len(self.size) + 1 - axis)
        between = F.broadcast_mul(high - low, F.reshape(share, broadcast))
        return low + between
