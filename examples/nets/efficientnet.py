"""EfficientNet-B0: Tan and Le, "EfficientNet: rethinking model scaling for
convolutional neural networks" (2019), as in torchvision.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nets.blocks import conv_bn, scaled, squeeze_excite
from netspec import (
    Dense,
    Dropout,
    GlobalAvgPool2D,
    InitPolicy,
    InitRule,
    KaimingNormal,
    Layer,
    Residual,
    Sequential,
    Sigmoid,
    SiLU,
    Spec,
    StochasticDepth,
    Uniform,
)

DROPPED = 0.2  # of the examples in the last block, and less before


class Stage(NamedTuple):
    """A row of table 1 of the paper.

    Attributes:
        expansion: of the channels inside a block.
        kernel_size: of the depthwise convolution.
        stride: of the first block.
        channels: of the output.
        blocks: number of blocks.
    """

    expansion: int
    kernel_size: int
    stride: int
    channels: int
    blocks: int


STAGES = (
    Stage(1, 3, 1, 16, 1),
    Stage(6, 3, 2, 24, 2),
    Stage(6, 5, 2, 40, 2),
    Stage(6, 3, 2, 80, 3),
    Stage(6, 5, 1, 112, 3),
    Stage(6, 5, 2, 192, 4),
    Stage(6, 3, 1, 320, 1),
)


def efficientnet_b0(
    input_shape: Sequence[int] = (3, 224, 224),
    classes: int = 1000,
    width: float = 1,
    stages: Sequence[Stage] = STAGES,
) -> Spec:
    """EfficientNet-B0; 5,288,548 parameters (torchvision's efficientnet_b0) at 3 x 224
    x 224.

    Args:
        input_shape: channels, height, width.
        classes: size of the output.
        width: multiplies every number of channels.
        stages: the stages, without stem and head.
    """
    channels = scaled(32, width)
    layers = [*conv_bn(channels, 3, stride=2, padding=1), SiLU()]
    rates = iter(_rates(sum(stage.blocks for stage in stages)))
    for index, stage in enumerate(stages, start=1):
        out, inside = scaled(stage.channels, width), []
        for stride in (stage.stride, *(1,) * (stage.blocks - 1)):
            block = stage._replace(stride=stride)
            inside.append(_block(channels, out, block, next(rates)))
            channels = out
        layers.append(Sequential(inside, name=f"stage{index}"))
    head = [*conv_bn(4 * channels, 1), SiLU(), GlobalAvgPool2D(), Dropout(0.2)]
    layers += [*head, Dense(classes, name="fc")]
    return Spec("efficientnet_b0", input_shape, layers, init=_init(classes))


def _rates(blocks: int) -> list[float]:
    """Return how many examples each block drops in training."""
    return [DROPPED * block / blocks for block in range(blocks)]


def _block(channels: int, out: int, stage: Stage, rate: float) -> Layer:
    """Widen, filter each channel alone, gate, narrow."""
    wide, kernel_size = channels * stage.expansion, stage.kernel_size
    stride, padding = stage.stride, kernel_size // 2
    body = [
        *([*conv_bn(wide, 1), SiLU()] if wide != channels else []),
        *conv_bn(wide, kernel_size, stride=stride, padding=padding, groups=wide),
        *(SiLU(), squeeze_excite(wide, max(1, channels // 4), SiLU(), Sigmoid())),
        *conv_bn(out, 1),
    ]
    if stride == 1 and channels == out:
        return Residual([*body, StochasticDepth(rate)])
    return Sequential(body)


def _init(classes: int) -> InitPolicy:
    bound = classes**-0.5
    rule = InitRule("fc.weight", Uniform(-bound, bound))
    return InitPolicy(KaimingNormal("relu", fan="fan_out"), rules=[rule])
