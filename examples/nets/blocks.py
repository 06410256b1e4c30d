"""What several nets share: channel counts, conv-BatchNorm-activation,
squeeze-and-excitation, and the block of a Transformer.
"""

from __future__ import annotations

from netspec import (
    AdaptiveAvgPool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Identity,
    Layer,
    LayerNorm,
    Parallel,
    ReLU,
    Residual,
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


def transformer_block(
    attention: Layer,
    channels: int,
    activation: Layer,
    *,
    eps: float = 1e-5,
    dropped: float = 0.0,
) -> list[Layer]:
    """Make an attention and a perceptron of four times as many channels, each behind a
    LayerNorm and with a way around it (Xiong et al., "On layer normalization in the
    Transformer architecture", 2020).
    """
    last = [Dropout(dropped)] if dropped else []
    perceptron = [Dense(4 * channels), activation, Dense(channels)]
    return [
        Residual([LayerNorm(eps=eps), attention, *last]),
        Residual([LayerNorm(eps=eps), *perceptron, *last]),
    ]
