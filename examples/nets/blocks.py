"""What several nets share: channel counts, conv-BatchNorm-activation, and
squeeze-and-excitation.
"""

from __future__ import annotations

from netspec import (
    AdaptiveAvgPool2D,
    BatchNorm,
    Conv2D,
    Identity,
    Layer,
    Parallel,
    ReLU,
)


def scaled(channels: int, width: float) -> int:
    """`channels` times `width`, at least 1."""
    return max(1, round(channels * width))


def conv_bn(
    channels: int,
    kernel_size: int,
    *,
    stride: int = 1,
    padding: int = 0,
    groups: int = 1,
    decay: float = 0.9,
    eps: float = 1e-5,
) -> list[Layer]:
    """Make a convolution without bias, BatchNorm."""
    conv = Conv2D(
        channels,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        groups=groups,
        bias=False,
    )
    return [conv, BatchNorm(decay=decay, eps=eps)]


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
    conv = conv_bn(
        channels, kernel_size, stride=stride, padding=padding, groups=groups, eps=eps
    )
    return [*conv, ReLU()]


def squeeze_excite(
    channels: int, squeezed: int, activation: Layer, gate: Layer
) -> Parallel:
    """Multiply each channel by a gate that is computed from the means of all (Hu, Shen
    and Sun, "Squeeze-and-excitation networks", 2018).
    """
    excite = [
        *(AdaptiveAvgPool2D(1), Conv2D(squeezed, kernel_size=1), activation),
        *(Conv2D(channels, kernel_size=1), gate),
    ]
    return Parallel([[Identity()], excite], merge="multiply")
