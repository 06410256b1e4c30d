"""ShuffleNetV2: Ma et al., "ShuffleNet V2: practical guidelines for efficient CNN
architecture design" (2018): half of the channels pass each unit untouched.
"""

from __future__ import annotations

from collections.abc import Sequence

from nets.blocks import conv_bn, conv_bn_relu, scaled
from netspec import (
    ChannelShuffle,
    Dense,
    GlobalAvgPool2D,
    Layer,
    MaxPool2D,
    Parallel,
    Sequential,
    Slice,
    Spec,
)

# Table 5 of the paper, at width 1: channels and number of units
STAGES = ((116, 4), (232, 8), (464, 4))


def shufflenet_v2(
    input_shape: Sequence[int] = (3, 224, 224),
    classes: int = 1000,
    width: float = 1,
    stages: Sequence[tuple[int, int]] = STAGES,
) -> Spec:
    """ShuffleNetV2 x1.0; 2,278,604 parameters (torchvision's shufflenet_v2_x1_0) at
    3 x 224 x 224.

    Args:
        input_shape: channels, height, width.
        classes: size of the output.
        width: multiplies every number of channels; those of `stages` stay even.
        stages: output channels, and number of units.
    """
    layers = [
        *conv_bn_relu(scaled(24, width), 3, stride=2, padding=1),
        MaxPool2D(3, stride=2, padding=1, name="pool"),
    ]
    channels = scaled(24, width)
    for index, (wide, units) in enumerate(stages, start=2):
        half = scaled(wide // 2, width)
        shrinking, keeping = _shrink(channels, half), _keep(half) * (units - 1)
        layers.append(Sequential([*shrinking, *keeping], name=f"stage{index}"))
        channels = 2 * half
    head = [*conv_bn_relu(scaled(1024, width), 1), GlobalAvgPool2D()]
    head = [*head, Dense(classes, name="fc")]
    return Spec("shufflenet_v2", input_shape, [*layers, *head], init="torch")


def _keep(half: int) -> list[Layer]:
    """Filter the second half of the channels; figure 3 (c)."""
    first, second = Slice(1, stop=half), Slice(1, start=half)
    return [Parallel([[first], [second, *_filter(half, 1)]]), ChannelShuffle(2)]


def _shrink(channels: int, half: int) -> list[Layer]:
    """Filter all channels twice, and halve the image; figure 3 (d)."""
    depthwise = conv_bn(channels, 3, stride=2, padding=1, groups=channels)
    first = [*depthwise, *conv_bn_relu(half, 1)]
    return [Parallel([first, _filter(half, 2)]), ChannelShuffle(2)]


def _filter(channels: int, stride: int) -> list[Layer]:
    depthwise = conv_bn(channels, 3, stride=stride, padding=1, groups=channels)
    return [*conv_bn_relu(channels, 1), *depthwise, *conv_bn_relu(channels, 1)]
