"""Convolutions and pools whose padding or dilation MXNet does not take."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

from itertools import product
from typing import Any

from mxnet.gluon import nn

from netspec_gluon.support.shape import Pad

Sizes = int | tuple[int, ...]


class PaddedConv1D(nn.Conv1D):
    """nn.Conv1D that reads zeros around its input: `margins` are (before, after) for
    each axis, one after the other.
    """

    def __init__(
        self,
        channels: int,
        kernel_size: Sizes,
        margins: tuple[int, ...],
        strides: Sizes = 1,
        dilation: Sizes = 1,
        groups: int = 1,
        use_bias: bool = True,
        in_channels: int = 0,
    ) -> None:
        super().__init__(
            channels,
            kernel_size,
            strides=strides,
            dilation=dilation,
            groups=groups,
            use_bias=use_bias,
            in_channels=in_channels,
        )
        self.pad = Pad(*margins)

    def hybrid_forward(self, F: Any, x: Any, weight: Any, bias: Any = None) -> Any:
        return super().hybrid_forward(F, self.pad(x), weight, bias)


class PaddedConv2D(nn.Conv2D):
    """nn.Conv2D that reads zeros around its input: `margins` are (before, after) for
    each axis, one after the other.
    """

    def __init__(
        self,
        channels: int,
        kernel_size: Sizes,
        margins: tuple[int, ...],
        strides: Sizes = 1,
        dilation: Sizes = 1,
        groups: int = 1,
        use_bias: bool = True,
        in_channels: int = 0,
    ) -> None:
        super().__init__(
            channels,
            kernel_size,
            strides=strides,
            dilation=dilation,
            groups=groups,
            use_bias=use_bias,
            in_channels=in_channels,
        )
        self.pad = Pad(*margins)

    def hybrid_forward(self, F: Any, x: Any, weight: Any, bias: Any = None) -> Any:
        return super().hybrid_forward(F, self.pad(x), weight, bias)


class PaddedConv3D(nn.Conv3D):
    """nn.Conv3D that reads zeros around its input: `margins` are (before, after) for
    each axis, one after the other.
    """

    def __init__(
        self,
        channels: int,
        kernel_size: Sizes,
        margins: tuple[int, ...],
        strides: Sizes = 1,
        dilation: Sizes = 1,
        groups: int = 1,
        use_bias: bool = True,
        in_channels: int = 0,
    ) -> None:
        super().__init__(
            channels,
            kernel_size,
            strides=strides,
            dilation=dilation,
            groups=groups,
            use_bias=use_bias,
            in_channels=in_channels,
        )
        self.pad = Pad(*margins)

    def hybrid_forward(self, F: Any, x: Any, weight: Any, bias: Any = None) -> Any:
        return super().hybrid_forward(F, self.pad(x), weight, bias)


class PaddedAvgPool(nn.HybridBlock):
    """The mean of each window of zeros around the input, of which some count.

    Args:
        pool: nn.AvgPool1D, nn.AvgPool2D or nn.AvgPool3D, without padding.
        margins: of zeros, (before, after) for each axis, one after the other.
        counted: how many of them the mean counts, as positions of the input.
    """

    def __init__(
        self, pool: nn.HybridBlock, margins: tuple[int, ...], counted: tuple[int, ...]
    ) -> None:
        super().__init__()
        rest = [m - c for m, c in zip(margins, counted, strict=True)]
        self.pool = pool
        self.pad = Pad(*margins)
        self.inside = Pad(*counted, value=1)
        self.outside = Pad(*rest)

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        share = self.pool(self.outside(self.inside(F.ones_like(x))))
        return self.pool(self.pad(x)) / share


class DilatedMaxPool(nn.HybridBlock):
    """The largest of the positions of each window, which are apart.

    Args:
        pool_size: positions of a window along each axis.
        dilation: from one to the next.
        strides: from window to window.
        margins: (before, after) for each axis, one after the other; they never win.
    """

    def __init__(
        self,
        pool_size: tuple[int, ...],
        dilation: tuple[int, ...],
        strides: tuple[int, ...],
        margins: tuple[int, ...],
    ) -> None:
        super().__init__()
        self.pad = Pad(*margins, value=float("-inf"))
        self.strides = strides
        axes = zip(pool_size, dilation, strict=True)
        self.starts = [*product(*(range(0, k * d, d) for k, d in axes))]

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        x, last = self.pad(x), self.starts[-1]
        step = (1, 1, *self.strides)
        taps = []
        for starts in self.starts:
            ends = (s - n or None for s, n in zip(starts, last, strict=True))
            begin, end = (None, None, *starts), (None, None, *ends)
            taps.append(F.slice(x, begin=begin, end=end, step=step))
        # a pool gives the first of equal values the gradient, F.max all of them
        rows = F.reshape(F.stack(*taps, axis=2), (0, 0, len(taps), -1))
        found = F.Pooling(rows, kernel=(len(taps), 1), pool_type="max")
        return F.reshape_like(found, taps[0])
