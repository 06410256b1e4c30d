"""What several nets share: a scaled channel count, and conv-BatchNorm-ReLU."""

from __future__ import annotations

from netspec import BatchNorm, Conv2D, Layer, ReLU


def scaled(channels: int, width: float) -> int:
    """`channels` times `width`, at least 1."""
    return max(1, round(channels * width))


def conv_bn_relu(
    channels: int,
    kernel_size: int,
    *,
    stride: int = 1,
    padding: int = 0,
    groups: int = 1,
    eps: float = 1e-5,
) -> list[Layer]:
    """Make a convolution without bias, BatchNorm, ReLU."""
    conv = Conv2D(
        channels,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        groups=groups,
        bias=False,
    )
    return [conv, BatchNorm(eps=eps), ReLU()]
