"""GoogLeNet: Szegedy et al., "Going deeper with convolutions" (2015), without the
auxiliary heads, as in torchvision: BatchNorm after every convolution (eps 0.001), and
a 3 x 3 window where the paper has 5 x 5.
"""

from __future__ import annotations

from collections.abc import Sequence

from nets.blocks import conv_bn_relu, scaled
from netspec import (
    Dense,
    Dropout,
    GlobalAvgPool2D,
    InitPolicy,
    Layer,
    MaxPool2D,
    Parallel,
    Sequential,
    Spec,
    TruncatedNormal,
)

EPS = 1e-3
# Table 1 of the paper: 1x1, 3x3 reduced, 3x3, 5x5 reduced, 5x5, pool projection
STAGES = {
    "stage3": ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)),
    "stage4": (
        (192, 96, 208, 16, 48, 64),
        (160, 112, 224, 24, 64, 64),
        (128, 128, 256, 24, 64, 64),
        (112, 144, 288, 32, 64, 64),
        (256, 160, 320, 32, 128, 128),
    ),
    "stage5": ((256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)),
}


def googlenet(
    input_shape: Sequence[int] = (3, 224, 224), classes: int = 1000, width: float = 1
) -> Spec:
    """GoogLeNet; 6,624,904 parameters (torchvision's googlenet) at 3 x 224 x 224.

    Args:
        input_shape: channels, height, width; at least 15 x 15.
        classes: size of the output.
        width: multiplies every number of channels.
    """
    first, reduced, last = (scaled(channels, width) for channels in (64, 64, 192))
    stages = {
        name: [_inception([scaled(c, width) for c in block]) for block in blocks]
        for name, blocks in STAGES.items()
    }
    layers = [
        *_conv(first, 7, stride=2, padding=3),
        MaxPool2D(3, stride=2, ceil_mode=True, name="pool1"),
        *_conv(reduced, 1),
        *_conv(last, 3, padding=1),
        MaxPool2D(3, stride=2, ceil_mode=True, name="pool2"),
        Sequential(stages["stage3"], name="stage3"),
        MaxPool2D(3, stride=2, ceil_mode=True, name="pool3"),
        Sequential(stages["stage4"], name="stage4"),
        MaxPool2D(2, ceil_mode=True, name="pool4"),
        Sequential(stages["stage5"], name="stage5"),
        GlobalAvgPool2D(),
        Dropout(0.2),
        Dense(classes, name="fc"),
    ]
    init = InitPolicy(TruncatedNormal(0.01))
    return Spec("googlenet", input_shape, layers, init=init)


def _conv(
    channels: int, kernel_size: int, stride: int = 1, padding: int = 0
) -> list[Layer]:
    return conv_bn_relu(channels, kernel_size, stride=stride, padding=padding, eps=EPS)


def _inception(sizes: Sequence[int]) -> Parallel:
    one, three_reduced, three, five_reduced, five, projected = sizes
    return Parallel(
        [
            _conv(one, 1),
            [*_conv(three_reduced, 1), *_conv(three, 3, padding=1)],
            [*_conv(five_reduced, 1), *_conv(five, 3, padding=1)],
            [MaxPool2D(3, stride=1, padding=1, ceil_mode=True), *_conv(projected, 1)],
        ]
    )
