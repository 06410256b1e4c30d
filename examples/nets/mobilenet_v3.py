"""MobileNetV3-small: Howard et al., "Searching for MobileNetV3" (2019), as in
torchvision: inverted residuals, whose gates and last activations are piecewise linear.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nets.blocks import conv_bn, scaled, squeeze_excite
from netspec import (
    Dense,
    Dropout,
    GlobalAvgPool2D,
    HardSigmoid,
    HardSwish,
    InitPolicy,
    InitRule,
    KaimingNormal,
    Layer,
    Normal,
    ReLU,
    Residual,
    Sequential,
    Spec,
)

DECAY, EPS = 0.99, 1e-3
INIT = InitPolicy(
    KaimingNormal("relu", fan="fan_out"),
    rules=[InitRule("fc*.weight", Normal(0.01))],
)


class Block(NamedTuple):
    """A row of table 2 of the paper.

    Attributes:
        kernel_size: of the depthwise convolution.
        expanded: its channels.
        channels: of the output.
        gated: whether there is squeeze-and-excitation.
        activation: of the first two convolutions.
        stride: of the depthwise convolution.
    """

    kernel_size: int
    expanded: int
    channels: int
    gated: bool
    activation: Layer
    stride: int


BLOCKS = (
    Block(3, 16, 16, True, ReLU(), 2),
    Block(3, 72, 24, False, ReLU(), 2),
    Block(3, 88, 24, False, ReLU(), 1),
    Block(5, 96, 40, True, HardSwish(), 2),
    *(Block(5, 240, 40, True, HardSwish(), 1),) * 2,
    Block(5, 120, 48, True, HardSwish(), 1),
    Block(5, 144, 48, True, HardSwish(), 1),
    Block(5, 288, 96, True, HardSwish(), 2),
    *(Block(5, 576, 96, True, HardSwish(), 1),) * 2,
)


def mobilenet_v3_small(
    input_shape: Sequence[int] = (3, 224, 224),
    classes: int = 1000,
    width: float = 1,
    blocks: Sequence[Block] = BLOCKS,
) -> Spec:
    """MobileNetV3-small; 2,542,856 parameters (torchvision's mobilenet_v3_small) at
    3 x 224 x 224.

    Args:
        input_shape: channels, height, width.
        classes: size of the output.
        width: multiplies every number of channels and hidden units.
        blocks: the inverted residuals.
    """
    channels = scaled(16, width)
    layers = [*_conv(channels, 3, stride=2), HardSwish()]
    for index, block in enumerate(blocks, start=1):
        out, expanded = scaled(block.channels, width), scaled(block.expanded, width)
        body = _body(channels, block._replace(channels=out, expanded=expanded))
        whole = block.stride == 1 and channels == out
        layers.append((Residual if whole else Sequential)(body, name=f"block{index}"))
        channels = out
    head = [
        *(*_conv(scaled(6 * blocks[-1].channels, width), 1), HardSwish()),
        GlobalAvgPool2D(),
        *(Dense(scaled(1024, width), name="fc1"), HardSwish(), Dropout(0.2)),
        Dense(classes, name="fc2"),
    ]
    return Spec("mobilenet_v3_small", input_shape, [*layers, *head], init=INIT)


def _body(channels: int, block: Block) -> list[Layer]:
    """Widen, filter each channel alone, gate, narrow."""
    wide, kernel_size, activation = block.expanded, block.kernel_size, block.activation
    depthwise = _conv(wide, kernel_size, stride=block.stride, groups=wide)
    gate = squeeze_excite(wide, _eighths(wide / 4), ReLU(), HardSigmoid())
    return [
        *([*_conv(wide, 1), activation] if wide != channels else []),
        *(*depthwise, activation),
        *([gate] if block.gated else []),
        *_conv(block.channels, 1),
    ]


def _conv(
    channels: int, kernel_size: int, stride: int = 1, groups: int = 1
) -> list[Layer]:
    padding = kernel_size // 2
    return conv_bn(
        channels,
        kernel_size,
        stride=stride,
        padding=padding,
        groups=groups,
        decay=DECAY,
        eps=EPS,
    )


def _eighths(channels: float) -> int:
    """Return the multiple of 8 nearest to `channels`, of those at least 0.9 of it."""
    nearest = max(8, int(channels + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * channels else nearest
