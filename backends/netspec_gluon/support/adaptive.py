"""Pools that give a size: window i of m over n positions begins at floor(i n / m) and
ends before ceil((i + 1) n / m). MXNet has the mean, of images alone.
"""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from typing import Any

from mxnet.gluon import nn


class AdaptivePool(nn.HybridBlock):
    """A pool that gives a size."""

    def __init__(self, *size: int) -> None:
        super().__init__()
        self.size = size


class AdaptiveAvgPool1D(AdaptivePool):
    """The mean of each of so many windows."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        image = F.expand_dims(x, axis=2)
        means = F.contrib.AdaptiveAvgPooling2D(image, output_size=(1, *self.size))
        return F.squeeze(means, axis=2)


class AdaptiveAvgPool2D(AdaptivePool):
    """The mean of each of so many windows."""

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.contrib.AdaptiveAvgPooling2D(x, output_size=self.size)


class AdaptiveAvgPool3D(AdaptivePool):
    """The mean of each of so many windows: first over height and width, with one image
    for each channel and depth, then over the depth. In a shape of `F.reshape`, 0 copies
    an axis, -2 all that are left, -3 joins two, and -4 splits one in two.
    """

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        depth, height, width = self.size
        images = F.reshape(x, (0, -3, -2))
        y = F.contrib.AdaptiveAvgPooling2D(images, output_size=(height, width))
        y = F.reshape_like(y, x, lhs_begin=1, lhs_end=2, rhs_begin=1, rhs_end=3)
        y = F.reshape(F.transpose(y, (0, 1, 3, 4, 2)), (0, 0, -3, 0))
        y = F.contrib.AdaptiveAvgPooling2D(y, output_size=(height * width, depth))
        return F.transpose(F.reshape(y, (0, 0, -4, height, width, 0)), (0, 1, 4, 2, 3))


class AdaptiveMaxPool(AdaptivePool):
    """The largest value of each of so many windows over inputs of a size: along the
    last axis first, so that of equal values the first gets the gradient.
    """

    def __init__(self, *size: int, in_size: tuple[int, ...]) -> None:
        super().__init__(*size)
        self.in_size = in_size

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        for axis in reversed(range(len(self.size))):
            x = self.along(F, x, axis, self.in_size[axis], self.size[axis])
        return x

    def along(self, F: Any, x: Any, axis: int, n: int, m: int) -> Any:
        """The largest values of m windows over n positions of one axis."""
        others, after = (1,) * axis, (1,) * (len(self.size) - axis - 1)
        if n % m == 0:
            step = (*others, n // m, *after)
            return F.Pooling(x, kernel=step, stride=step, pool_type="max")
        found = []
        for i in range(m):
            start, end = i * n // m, -(-(i + 1) * n // m)
            part = F.slice_axis(x, axis=axis + 2, begin=start, end=end)
            window = (*others, end - start, *after)
            found.append(F.Pooling(part, kernel=window, pool_type="max"))
        return F.concat(*found, dim=axis + 2)
