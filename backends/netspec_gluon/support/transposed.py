"""Transposed convolution, where MXNet's own is wrong or missing."""

# MXNet has no types
# mypy: disable-error-code="misc,no-any-return"

import math
from typing import Any

from mxnet.gluon import nn


class ConvTranspose(nn.HybridBlock):
    """A convolution of the input with zeros between its positions by the mirrored
    kernel. `F.Deconvolution` may break memory in float32; in float64 it is wrong where
    a stride meets a dilation, and reads no volumes.
    """

    def __init__(
        self,
        channels: int,
        kernel_size: tuple[int, ...],
        strides: tuple[int, ...],
        padding: tuple[int, ...],
        output_padding: tuple[int, ...],
        dilation: tuple[int, ...],
        in_channels: int,
        groups: int = 1,
        use_bias: bool = True,
    ) -> None:
        super().__init__()
        self.strides = strides
        self.output_padding = output_padding
        axes = zip(kernel_size, dilation, padding, strict=True)
        self.how = {
            "kernel": kernel_size,
            "dilate": dilation,
            "pad": tuple(d * (k - 1) - p for k, d, p in axes),
            "num_filter": channels,
            "num_group": groups,
            "no_bias": not use_bias,
        }
        shape = (in_channels, channels // groups, *kernel_size)
        self.weight = self.params.get("weight", shape=shape)
        if use_bias:
            self.bias = self.params.get("bias", shape=(channels,), init="zeros")

    def hybrid_forward(self, F: Any, x: Any, weight: Any, bias: Any = None) -> Any:
        axes = zip(self.strides, self.output_padding, strict=True)
        for axis, (step, more) in enumerate(axes, start=2):
            x = spread(F, x, axis, step, more)
        kernel = self.mirrored(F, weight)
        given = (x, kernel) if bias is None else (x, kernel, bias)
        return F.Convolution(*given, **self.how)

    def mirrored(self, F: Any, weight: Any) -> Any:
        """(in, out / groups, *window) as (out, in / groups, *window), mirrored."""
        parts = F.reshape(weight, (-4, self.how["num_group"], -1, -2))
        kernel = F.reshape(F.swapaxes(parts, 1, 2), (-3, -2))
        return F.reverse(kernel, axis=tuple(range(2, 2 + len(self.strides))))


class ConvTransposeBeside(nn.HybridBlock):
    """A transposed convolution of lines or images whose windows lie side by side, as
    the stride is the kernel: a convolution gives all values of a window as channels.
    `F.Deconvolution` may break memory, or not run, beside other layers in float32.
    """

    def __init__(
        self,
        channels: int,
        kernel_size: tuple[int, ...],
        in_channels: int,
        use_bias: bool = True,
    ) -> None:
        super().__init__()
        self.channels = channels
        self.kernel_size = kernel_size
        shape = (in_channels, channels, *kernel_size)
        self.weight = self.params.get("weight", shape=shape)
        if use_bias:
            self.bias = self.params.get("bias", shape=(channels,), init="zeros")

    def hybrid_forward(self, F: Any, x: Any, weight: Any, bias: Any = None) -> Any:
        rank, taps = len(self.kernel_size), math.prod(self.kernel_size)
        kernel = F.transpose(F.reshape(weight, (0, -1)))
        for _ in range(rank):
            kernel = F.expand_dims(kernel, axis=2)
        given = (kernel,) if bias is None else (kernel, F.repeat(bias, repeats=taps))
        how = {"kernel": (1,) * rank, "num_filter": taps * self.channels}
        y = F.Convolution(x, *given, no_bias=bias is None, **how)
        # Only of up to 4 axes does MXNet swap axes fast
        y = F.reshape(y, (-3, -3) if rank == 2 else (-3, 0))
        y = F.transpose(F.reshape(y, (-4, -1, self.kernel_size[-1], 0)), (0, 2, 1))
        if rank == 2:
            y = F.reshape_like(y, x, lhs_begin=1, lhs_end=2, rhs_begin=2, rhs_end=4)
            y = F.reshape(y, (-4, -1, self.kernel_size[0], 0, -3))
            y = F.transpose(y, (0, 2, 1, 3))
        return F.reshape(y, (-4, -1, self.channels, -3, *(0,) * (rank - 1)))


def spread(F: Any, x: Any, axis: int, step: int, more: int) -> Any:
    """Positions of an axis `step` apart, zeros between them, and `more` at the end."""
    if step == 1:
        return x
    apart = F.expand_dims(x, axis=axis + 1)
    zeros = [F.zeros_like(apart)] * (step - 1)
    joined = F.reshape(F.concat(apart, *zeros, dim=axis + 1), (0,) * axis + (-3, -2))
    beyond = step - 1 - more
    return F.slice_axis(joined, axis=axis, begin=0, end=-beyond if beyond else None)
